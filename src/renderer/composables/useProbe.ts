import { onUnmounted, shallowRef } from 'vue'
import type { RunConfig } from '../../shared/config.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import type { Api } from '../api.ts'
import { useApi } from '../api.ts'

export type Measured<T> =
  | { state: 'idle' }
  | { state: 'running' }
  | { state: 'ready'; found: T }
  | { state: 'failed'; error: PlainError }

interface Asked {
  dataset: string
  config: RunConfig
}

/** A few batches of a run on this machine, measured by a call of the trainer. Leaving the page ends them. */
export function useProbe<T>(ask: (api: Api, asked: Asked, options: { signal: AbortSignal }) => Promise<T>) {
  const api = useApi()
  const measured = shallowRef<Measured<T>>({ state: 'idle' })
  let controller: AbortController | undefined
  let running: Promise<void> = Promise.resolve()

  async function probe(asked: Asked, own: AbortController): Promise<void> {
    try {
      const found = await ask(api, asked, { signal: own.signal })
      if (controller === own) measured.value = { state: 'ready', found }
    } catch (failure) {
      if (controller !== own) return
      const error = plainError(failure)
      measured.value = error.code === 'cancelled' ? { state: 'idle' } : { state: 'failed', error }
    }
  }

  /** Ends a probe under way. Comes back when the trainer is free. */
  async function stop(): Promise<void> {
    controller?.abort()
    controller = undefined
    if (measured.value.state === 'running') measured.value = { state: 'idle' }
    await running
  }

  async function measure(dataset: string, config: RunConfig): Promise<void> {
    await stop()
    const own = new AbortController()
    controller = own
    measured.value = { state: 'running' }
    running = probe({ dataset, config }, own)
    await running
  }
  onUnmounted(() => void stop())

  return { measured, measure, stop }
}
