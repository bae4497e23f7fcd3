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

  async function measure(dataset: string, config: RunConfig): Promise<void> {
    controller?.abort()
    const own = new AbortController()
    controller = own
    measured.value = { state: 'running' }
    try {
      const forecast = await api.call('train.forecast', { dataset, config }, { signal: own.signal })
      if (controller === own) measured.value = { state: 'ready', forecast }
    } catch (failure) {
      if (controller !== own) return
      const error = plainError(failure)
      measured.value = error.code === 'cancelled' ? { state: 'idle' } : { state: 'failed', error }
    }
  }

  /** Ends the probe, so that the trainer is free. */
  function stop(): void {
    controller?.abort()
    controller = undefined
    if (measured.value.state === 'running') measured.value = { state: 'idle' }
  }
  onUnmounted(stop)

  return { measured, measure, stop }
}
