import type { RunEvent, RunEventOf } from '../../shared/run.ts'

export interface BatchPoint {
  /** Epochs since the start: 1.5 is the middle of the second epoch. */
  at: number
  /** Of this batch alone. */
  loss: number
  /** Of the epoch's photos so far. */
  accuracy: number
}

/** What the events of a run add up to, for the live room and the page of the run. */
export interface RunView {
  /** How many events it was made of. */
  seen: number
  plan?: RunEventOf<'plan'>
  started?: RunEventOf<'started'>
  forecast?: RunEventOf<'forecast'>['forecast']
  /** The last batch of the epoch in hand. */
  batch?: RunEventOf<'batch'>
  batches: readonly BatchPoint[]
  /** By number; one that was done again after a resume stands once. */
  epochs: readonly RunEventOf<'epoch'>[]
  receipt?: RunEventOf<'receipt'>
  end?: RunEventOf<'stopped'> | RunEventOf<'failed'> | RunEventOf<'finished'>
  /** What is worth a line of its own, the newest first. */
  log: readonly RunEvent[]
}

export const emptyRunView: RunView = { seen: 0, batches: [], epochs: [], log: [] }

/** More points than this in a line cannot be seen apart. */
const mostPoints = 2000

/** Every second point where there are too many. */
const thinned = (points: readonly BatchPoint[]): readonly BatchPoint[] =>
  points.length > mostPoints ? points.filter((_, place) => place % 2 === 0) : points

const loggedTypes = new Set<RunEvent['type']>([
  'plan',
  'started',
  'forked',
  'epoch',
  'warning',
  'stopped',
  'failed',
  'finished',
])

/** The view without what is over once something else happens. */
function without(view: RunView, ...keys: readonly ('batch' | 'end')[]): RunView {
  const rest = { ...view }
  for (const key of keys) Reflect.deleteProperty(rest, key)
  return rest
}

function withBatch(view: RunView, event: RunEventOf<'batch'>): RunView {
  const at = event.epoch - 1 + event.batch / event.batches
  const last = view.batches.at(-1)
  // After a resume some batches come again.
  const kept = last && last.at >= at ? view.batches.filter((point) => point.at < at) : view.batches
  const point = { at, loss: event.batchLoss, accuracy: event.accuracy }
  return { ...view, batch: event, batches: thinned([...kept, point]) }
}

function withEvent(view: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case 'plan':
      return { ...view, plan: event }
    case 'started':
      return { ...without(view, 'batch', 'end'), started: event }
    case 'forecast':
      return { ...view, forecast: event.forecast }
    case 'batch':
      return withBatch(view, event)
    case 'epoch':
      return { ...view, epochs: [...view.epochs.filter(({ epoch }) => epoch < event.epoch), event] }
    case 'receipt':
      return { ...view, receipt: event }
    case 'stopped':
    case 'failed':
    case 'finished':
      return { ...view, end: event }
    case 'checkpoint':
    case 'forked':
    case 'warning':
      return view
  }
}

/** The view with further events. */
export function foldEvents(view: RunView, events: readonly RunEvent[]): RunView {
  return events.reduce((it, event) => {
    const next = withEvent(it, event)
    const log = loggedTypes.has(event.type) ? [event, ...next.log] : next.log
    return { ...next, log, seen: it.seen + 1 }
  }, view)
}

/** Gaps in accuracy between training and validation, if they grew over the last two epochs; else nothing. */
export function growingGap(epochs: RunView['epochs']): [before: number, now: number] | undefined {
  const gaps = epochs.flatMap(({ train, val }) => (train ? [train.accuracy - val.accuracy] : []))
  const [a, b, c] = gaps.slice(-3)
  if (a === undefined || b === undefined || c === undefined) return undefined
  // Below two points of a hundred it is noise.
  return a < b && b < c && c > 0.02 ? [b, c] : undefined
}
