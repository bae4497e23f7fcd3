import type { Api } from '../api.ts'
import { foldEvents } from '../stores/runView.ts'
import type { RunView } from '../stores/runView.ts'

/**
 * The view with what the run's folder has beyond it, page by page. Batches that would not be drawn are not asked for: `every` is how
 * manieth of them is wanted at least. @throws ThawError run.missing, run.damaged
 */
export async function readRun(api: Api, run: string, known: RunView, every = 1): Promise<RunView> {
  let found = known
  for (;;) {
    const asked = { run, from: found.seen, every: Math.max(every, found.stride) }
    const { events, next, done } = await api.call('runs.events', asked)
    found = foldEvents(found, events, next)
    if (done || events.length === 0) return found
  }
}
