import { onUnmounted, shallowRef } from 'vue'
import type { RunConfig } from '../../shared/config.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import type { Forecast } from '../../shared/run.ts'
import { useApi } from '../api.ts'

export type Measured =
  | { state: 'idle' }
  | { state: 'running' }
  | { state: 'ready'; forecast: Forecast }
  | { state: 'failed'; error: PlainError }

/** Two probe batches on this machine. Leaving the page ends them. */
export function useForecast() {
  const api = useApi()
  const measured = shallowRef<Measured>({ state: 'idle' })
  let controller: AbortController | undefined
  let running: Promise<void> = Promise.resolve()

  async function probe(dataset: string, config: RunConfig, own: AbortController): Promise<void> {
    try {
      const forecast = await api.call('train.forecast', { dataset, config }, { signal: own.signal })
      if (controller === own) measured.value = { state: 'ready', forecast }
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
    running = probe(dataset, config, own)
    await running
  }
  onUnmounted(() => void stop())

  return { measured, measure, stop }
}
