import os from 'node:os'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { GpuChoice } from '../../../shared/gpu.ts'
import { environment } from '../environment.ts'
import { openNative } from './openNative.ts'
import { selftest } from './selftest.ts'
import { backendNames, type Backend, type BackendName, type LoadedBackend } from './types.ts'

export interface BackendOptions {
  /** The first to try; worse ones follow if it does not work. */
  prefer?: BackendName
  /** Threads an operation may use; all that this process may have unless told. */
  threads?: number
  /** Where set-up put the native library. */
  vendor?: string
  /** How a graphics card is to compute; as the person chose unless told. */
  gpu?: GpuChoice
}

let open: Backend | undefined

/** What computes in this process now; undefined before anything was computed. */
export const openedBackend = (): Backend | undefined => open

/**
 * Opens the best backend that works here and makes it the one that computes. Each has to answer the self-test before
 * it is trusted. THAW_BACKEND names one that is taken or nothing is.
 *
 * There is one at a time: asking again gives the same one, unless another name or thread count is asked, and then the
 * former is closed. TensorFlow's thread count and its library, for the processor or a card, are settled once a process.
 * @throws ThawError `gpu.settled`, `usage` if THAW_BACKEND is none of the known, `backend.none` if nothing works
 */
export async function openBackend(options: BackendOptions = {}): Promise<Backend> {
  const forced = environment()['THAW_BACKEND'] || undefined
  if (forced !== undefined && !isBackendName(forced)) {
    throw new ThawError(
      'usage',
      because('variable', { variable: 'THAW_BACKEND', value: forced, known: backendNames.join(', ') }),
    )
  }
  const threads = options.threads ?? os.availableParallelism()
  const first = forced ?? options.prefer ?? open?.name ?? backendNames[0]
  const isSettled = options.gpu === undefined || options.gpu === (open?.gpu ?? 'off')
  if (
    open?.name === first &&
    isSettled &&
    (options.threads === undefined || options.threads === open.threads)
  )
    return open
  const candidates = forced ? [forced] : backendNames.slice(backendNames.indexOf(first))
  await open?.close()
  const why: string[] = []
  for (const name of candidates) {
    try {
      const backend = await load(name, { ...options, threads })
      await trust(backend)
      open = { ...backend, why, close: () => closing(backend) }
      return open
    } catch (error) {
      if (error instanceof ThawError) throw error
      why.push(`${label[name]}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new ThawError('backend.none', { reason: why.join('; ') })
}

async function trust(backend: LoadedBackend): Promise<void> {
  try {
    await selftest()
  } catch (error) {
    await backend.close()
    throw error
  }
}

/** Closing twice is closing once. */
async function closing(backend: LoadedBackend): Promise<void> {
  if (open?.name !== backend.name) return
  open = undefined
  await backend.close()
}

const label: Record<BackendName, string> = {
  tensorflow: 'TensorFlow',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
}

const isBackendName = (name: string): name is BackendName =>
  (backendNames as readonly string[]).includes(name)

async function load(
  name: BackendName,
  { threads, vendor, gpu }: BackendOptions & { threads: number },
): Promise<LoadedBackend> {
  switch (name) {
    case 'tensorflow':
      return openNative({ threads, vendor, gpu })
    case 'wasm':
      return (await import('./wasm.ts')).loadWasm(threads)
    case 'cpu':
      return (await import('./plain.ts')).loadPlain()
  }
}
