import { computed, onUnmounted, shallowRef, watch } from 'vue'
import type { RunDetails } from '../../shared/api/runs.ts'
import type { RunSummary } from '../../shared/run.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useEngine } from '../stores/engine.ts'
import { useRuns } from '../stores/runs.ts'
import { readRun } from './readRun.ts'
import { useTask } from './useTask.ts'
import { emptyRunView, foldEvents } from '../stores/runView.ts'
import type { RunView } from '../stores/runView.ts'

const isGone = (error: PlainError | undefined) =>
  error?.code === 'run.missing' || error?.code === 'run.damaged'

/** A run from its first event on, followed while it is trained; whole again after the wire was lost. */
export function useRun(run: () => string) {
  const api = useApi()
  const engine = useEngine()
  const runs = useRuns()
  const view = shallowRef<RunView>(emptyRunView)
  const opening = useTask<RunDetails>()
  const fetching = useTask<RunView>()
  /** Why it is in the state it is in; null while nothing went wrong. */
  const why = shallowRef<PlainError | null>(null)
  /** What is to be fetched once the fetching under way is over: it may have been answered too early. */
  let next: 'rest' | 'all' | undefined

  /** Fetches what is missing; `all` from the first event on. */
  async function fetchEvents(what: 'rest' | 'all'): Promise<void> {
    if (fetching.isRunning.value) {
      next = what === 'all' ? 'all' : (next ?? 'rest')
      return
    }
    const id = run()
    const found = await fetching.run(() => readRun(api, id, what === 'all' ? emptyRunView : view.value))
    if (found && id === run()) view.value = found
    const wanted = next
    next = undefined
    if (wanted) await fetchEvents(wanted)
  }

  async function load(): Promise<void> {
    view.value = emptyRunView
    fetching.clear()
    why.value = null
    const id = run()
    const found = await opening.run(() => api.call('runs.get', { run: id }))
    if (found) await fetchEvents('all')
    // Its folder may have been taken away or damaged: then the list has to say so too.
    else if (isGone(opening.error.value)) await runs.reload()
  }

  const offs = [
    api.on('run.events', ({ run: id, from, events }) => {
      if (id !== run()) return
      const { seen } = view.value
      // A resumed run has forgotten what came after its checkpoint.
      if (from < seen && events.some(({ type }) => type === 'started')) void fetchEvents('all')
      else if (from > seen || fetching.isRunning.value) void fetchEvents('rest')
      else view.value = foldEvents(view.value, events.slice(seen - from))
    }),
    api.on('run.state', ({ run: id, why: reason }) => {
      if (id !== run()) return
      why.value = reason
      void fetchEvents('rest')
    }),
    api.on('runs.grew', () => {
      // The trainer tells what it does itself; a run that has ended has no more to tell.
      if (runs.trained?.run !== run() && summary.value?.state === 'running') void fetchEvents('rest')
    }),
  ]
  onUnmounted(() => offs.forEach((off) => off()))
  watch(run, load, { immediate: true })
  watch(
    () => engine.connections,
    (now, before) => before > 0 && void fetchEvents('all'),
  )

  const details = opening.value
  const error = computed(() => opening.error.value ?? fetching.error.value)
  /** As the list had it last: what was thrown away meanwhile keeps its name of then. */
  const listed = shallowRef<RunSummary>()
  watch(
    () => runs.all.find(({ id }) => id === run()),
    (found) => (listed.value = found ?? (listed.value?.id === run() ? listed.value : undefined)),
    { immediate: true },
  )
  const summary = computed(() => listed.value ?? details.value?.summary)
  watch(
    () => [run(), summary.value?.state] as const,
    ([id, now], [idBefore, before]) => {
      // Begun or gone on with by another program: a resumed run has forgotten what came after its checkpoint. At its end the last is fetched.
      if (id !== idBefore || before === undefined || now === before || runs.trained?.run === id) return
      void fetchEvents(now === 'running' ? 'all' : 'rest')
    },
  )
  const state = computed(() => (runs.trained?.run === run() ? runs.trained.state : summary.value?.state))
  /** Whether it ends with the epoch in hand. */
  const stops = computed(() => runs.trained?.run === run() && runs.trained.stops)
  return { view, details, summary, state, stops, why, error, reload: load }
}
