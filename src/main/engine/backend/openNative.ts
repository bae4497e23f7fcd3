import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { ThawError } from '../../../shared/errors.ts'
import type { ErrorParameters } from '../../../shared/errors.ts'
import type { GpuChoice } from '../../../shared/gpu.ts'
import { because } from '../../../shared/reasons.ts'
import { readJson, writeJson } from '../store/jsonFile.ts'
import { findGraphics, gpuChoice, trialMark } from './graphics.ts'
import type { Graphics } from './graphics.ts'
import type { Finding } from './gpu.ts'
import { loadNative, settledGraphics } from './native.ts'
import { probeAddon } from './probe.ts'
import { tryApart } from './trialProcess.ts'
import type { LoadedBackend } from './types.ts'
import { nativeAddon } from './vendor.ts'

export interface NativeRequest {
  threads: number
  /** Where set-up put the library for the processor. */
  vendor?: string | undefined
  /** How a card is to compute; by default as the person chose. */
  gpu?: GpuChoice | undefined
}

/** Why the GPU pack was not taken in this process. It is not tried again: no second library can be loaded. */
let refused: Finding | undefined

/**
 * Opens TensorFlow: the library of the GPU pack where there is one, a card and no wish against it, else the one for the processor.
 * @throws ThawError gpu.settled if this process computes with another choice already; an Error if TensorFlow does not work
 */
export async function openNative({ threads, vendor, gpu }: NativeRequest): Promise<LoadedBackend> {
  const settled = settledGraphics()
  const choice = gpu ?? settled ?? (await gpuChoice())
  const { graphics, problem } = await findGraphics(choice)
  if (settled !== undefined && refused === undefined) {
    const wanted = graphics?.mode ?? 'off'
    if (wanted !== settled) throw new ThawError('gpu.settled', { wanted, now: settled })
  }
  if (graphics && refused === undefined)
    try {
      await tryGraphics(graphics)
      return await loadNative({ addon: graphics.addon.path, threads, graphics })
    } catch (error) {
      // Once its library is in this process, no other can be.
      if (settledGraphics() !== undefined) throw error
      const { code, parameters } = error instanceof ThawError ? error : failed({ reason: String(error) })
      refused = { code, parameters }
    }
  const addon = nativeAddon(vendor)
  if (!addon) throw new Error('its native library is not set up')
  await probeAddon(addon.path)
  const backend = await loadNative({ addon: addon.path, threads })
  return { ...backend, noGpu: problem ?? (choice === 'off' ? null : (refused ?? null)) }
}

/** Translating the kernels for a card that is newer than the library takes minutes, once. */
const trialTimeout = 1_800_000

/**
 * Lets the GPU pack answer the self-test in a process of its own: a driver that does not fit may end the process, and where the
 * answers are wrong this process has to be free to load the library for the processor. Once it was right, it is trusted until the
 * pack, the card or its driver change; a failure is tried again at each start, since it may have been a card that others filled.
 * @throws ThawError gpu.failed
 */
async function tryGraphics({ mode, addon, card }: Graphics): Promise<void> {
  const verdict = path.join(addon.folder, 'trial.json')
  const now = { pack: addon.download, card: card.name, driver: card.driver, mode, node: process.version }
  if (isDeepStrictEqual(await readJson(verdict, z.json()), now)) return
  const trial = fileURLToPath(new URL('./graphicsTrial.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', trial, mode, addon.path]
  try {
    await tryApart(args, trialTimeout)
  } catch (error) {
    const { signal, stderr = '' } = error as { signal?: string | null; stderr?: string }
    throw failed(signal ? because('gpu-ended', { signal }) : reasonIn(stderr), error)
  }
  await writeJson(verdict, now)
}

const failed = (parameters: ErrorParameters, cause?: unknown) =>
  new ThawError('gpu.failed', parameters, { cause })

/**
 * The reason in what a trial wrote to standard error, as parameters of `gpu.failed`: its own last line (graphicsTrial.ts), and with it what
 * TensorFlow said of the driver (`E0000 00:00:1795528430.518727 15031 cuda_platform.cc:52] failed call to cuInit: …`).
 */
export function reasonIn(stderr: string): ErrorParameters {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const own = lines.findLast((line) => line.startsWith(trialMark))?.slice(trialMark.length)
  const told = lines
    .map((line) => /^[EW]\d{4} .*?\] (.*)$/.exec(line)?.[1]?.replace(/\.$/, ''))
    .find((line) => line !== undefined)
  const known = own?.startsWith('{') ? (JSON.parse(own) as ErrorParameters) : undefined
  if (known?.['reason'] === 'gpu-no-card' && told !== undefined)
    return because('gpu-no-card-told', { detail: told })
  if (known) return known
  if (own !== undefined) return { reason: told === undefined ? own : `${own} (${told})` }
  const last = told ?? lines.at(-1)
  return last === undefined ? because('gpu-not-loaded') : { reason: last }
}
