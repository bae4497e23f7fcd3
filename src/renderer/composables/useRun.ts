import { computed, onUnmounted, shallowRef, watch } from 'vue'
import type { RunDetails } from '../../shared/api/runs.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useEngine } from '../stores/engine.ts'
import { useRuns } from '../stores/runs.ts'
import { emptyRunView, foldEvents } from '../stores/runView.ts'
import type { RunView } from '../stores/runView.ts'

/** A run from its first event on, followed while it is trained; whole again after the wire was lost. */
export function useRun(run: () => string) {
  const api = useApi()
  const engine = useEngine()
  const runs = useRuns()
  const view = shallowRef<RunView>(emptyRunView)
  const details = shallowRef<RunDetails>()
  const error = shallowRef<PlainError>()
  /** Why it is in the state it is in; null while nothing went wrong. */
  const why = shallowRef<PlainError | null>(null)
  let catching = false
  let isStale = false

  /** Fetches what comes after `known`, page by page. */
  async function catchUp(known = view.value): Promise<void> {
    if (catching) return
    catching = true
    const id = run()
    try {
      let next = known
      for (;;) {
        const { events, done } = await api.call('runs.events', { run: id, from: next.seen })
        next = foldEvents(next, events)
        if (done || events.length === 0) break
      }
      if (id === run()) view.value = next
      error.value = undefined
    } catch (failure) {
      error.value = plainError(failure)
    } finally {
      catching = false
      if (isStale) refetch()
    }
  }

  /** From the first event on: a resumed run has forgotten what came after its checkpoint. */
  function refetch(): void {
    isStale = catching
    if (!catching) void catchUp(emptyRunView)
  }

  async function load(): Promise<void> {
    view.value = emptyRunView
    why.value = null
    const id = run()
    try {
      const found = await api.call('runs.get', { run: id })
      if (id === run()) details.value = found
    } catch (failure) {
      error.value = plainError(failure)
      return
    }
    refetch()
  }

  const offs = [
    api.on('run.events', ({ run: id, from, events }) => {
      if (id !== run()) return
      const { seen } = view.value
      if (from < seen && events.some(({ type }) => type === 'started')) refetch()
      else if (from > seen || catching) void catchUp()
      else view.value = foldEvents(view.value, events.slice(seen - from))
    }),
    api.on('run.state', ({ run: id, why: reason }) => {
      if (id !== run()) return
      why.value = reason
      void catchUp()
    }),
  ]
  onUnmounted(() => offs.forEach((off) => off()))
  watch(run, load, { immediate: true })
  watch(
    () => engine.connections,
    (now, before) => before > 0 && refetch(),
  )

  const summary = computed(() => runs.all.find(({ id }) => id === run()) ?? details.value?.summary)
  const state = computed(() =>
    runs.trainer.run === run() && runs.trainer.state ? runs.trainer.state : summary.value?.state,
  )
  return { view, details, summary, state, why, error, reload: load }
}
