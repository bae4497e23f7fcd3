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
  /** What is to be fetched once the fetching under way is over: it may have been answered too early. */
  let next: 'rest' | 'all' | undefined

  /** Fetches what is missing, page by page; `all` from the first event on. */
  async function fetchEvents(what: 'rest' | 'all'): Promise<void> {
    if (catching) {
      next = what === 'all' ? 'all' : (next ?? 'rest')
      return
    }
    catching = true
    const id = run()
    try {
      let found = what === 'all' ? emptyRunView : view.value
      for (;;) {
        const { events, done } = await api.call('runs.events', { run: id, from: found.seen })
        found = foldEvents(found, events)
        if (done || events.length === 0) break
      }
      if (id === run()) view.value = found
      error.value = undefined
    } catch (failure) {
      error.value = plainError(failure)
    } finally {
      catching = false
      const wanted = next
      next = undefined
      if (wanted) void fetchEvents(wanted)
    }
  }

  async function load(): Promise<void> {
    view.value = emptyRunView
    details.value = undefined
    error.value = undefined
    why.value = null
    const id = run()
    try {
      const found = await api.call('runs.get', { run: id })
      if (id === run()) details.value = found
    } catch (failure) {
      error.value = plainError(failure)
      return
    }
    await fetchEvents('all')
  }

  const offs = [
    api.on('run.events', ({ run: id, from, events }) => {
      if (id !== run()) return
      const { seen } = view.value
      // A resumed run has forgotten what came after its checkpoint.
      if (from < seen && events.some(({ type }) => type === 'started')) void fetchEvents('all')
      else if (from > seen || catching) void fetchEvents('rest')
      else view.value = foldEvents(view.value, events.slice(seen - from))
    }),
    api.on('run.state', ({ run: id, why: reason }) => {
      if (id !== run()) return
      why.value = reason
      void fetchEvents('rest')
    }),
  ]
  onUnmounted(() => offs.forEach((off) => off()))
  watch(run, load, { immediate: true })
  watch(
    () => engine.connections,
    (now, before) => before > 0 && void fetchEvents('all'),
  )

  const summary = computed(() => runs.all.find(({ id }) => id === run()) ?? details.value?.summary)
  const state = computed(() => (runs.trained?.run === run() ? runs.trained.state : summary.value?.state))
  /** Whether it ends with the epoch in hand. */
  const stops = computed(() => runs.trained?.run === run() && runs.trained.stops)
  return { view, details, summary, state, stops, why, error, reload: load }
}
