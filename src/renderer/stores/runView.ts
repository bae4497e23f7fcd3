import type { ParameterNorms, RunEvent, RunEventOf } from '../../shared/run.ts'

export interface BatchPoint {
  /** Its number since the start of the run. */
  number: number
  /** Epochs since the start: 1.5 is the middle of the second epoch. */
  at: number
  /** Of this batch alone. */
  loss: number
  /** Of the epoch's photos so far. */
  accuracy: number
  /** Of the optimizer's groups. */
  learningRates: readonly number[]
  /** What the trainer held in memory, and how many processor cores it kept busy; runs of earlier versions do not tell. */
  memoryMiB?: number | undefined
  cores?: number | undefined
}

/** How the layers worked in one batch's step. */
export interface NormsPoint extends Pick<BatchPoint, 'number' | 'at'> {
  epoch: number
  batch: number
  parameters: readonly ParameterNorms[]
}

/** What the events of a run add up to, for the live room and the page of the run. */
export interface RunView {
  /** Number of the run's first event that it does not know yet. */
  seen: number
  plan?: RunEventOf<'plan'>
  started?: RunEventOf<'started'>
  forecast?: RunEventOf<'forecast'>['forecast']
  /** The last batch of the epoch in hand. */
  batch?: RunEventOf<'batch'>
  batches: readonly BatchPoint[]
  /** Every how manieth batch stands in `batches`. */
  stride: number
  /** Of the steps that were measured: there are few. */
  norms: readonly NormsPoint[]
  /** By number; one that was done again after a resume stands once. */
  epochs: readonly RunEventOf<'epoch'>[]
  receipt?: RunEventOf<'receipt'>
  /** The newest one: with it, which epochs are kept may have changed. */
  checkpoint?: RunEventOf<'checkpoint'>
  end?: RunEventOf<'stopped'> | RunEventOf<'failed'> | RunEventOf<'finished'>
  /** What is worth a line of its own, the newest first. */
  log: readonly RunEvent[]
}

export const emptyRunView: RunView = {
  seen: 0,
  batches: [],
  stride: 1,
  norms: [],
  epochs: [],
  log: [],
}

/** More points than this in a line cannot be seen apart. */
const mostPoints = 2000

const loggedTypes = new Set<RunEvent['type']>([
  'plan',
  'started',
  'forked',
  'paused',
  'resumed',
  'epoch',
  'warning',
  'stopped',
  'failed',
  'finished',
])

/** A view while further events are added to it. */
type Draft = Omit<RunView, 'batches' | 'norms' | 'epochs' | 'log'> & {
  batches: BatchPoint[]
  norms: NormsPoint[]
  epochs: RunEventOf<'epoch'>[]
  log: RunEvent[]
}

function addBatch(draft: Draft, event: RunEventOf<'batch'>): void {
  draft.batch = event
  const number = (event.epoch - 1) * event.batches + event.batch
  // After a resume some batches come again.
  while (draft.batches.length > 0 && draft.batches.at(-1)!.number >= number) draft.batches.pop()
  if (number % draft.stride !== 0) return
  draft.batches.push({
    number,
    at: event.epoch - 1 + event.batch / event.batches,
    loss: event.batchLoss,
    accuracy: event.accuracy,
    learningRates: event.learningRates,
    memoryMiB: event.memoryMiB,
    cores: event.cores,
  })
  if (draft.batches.length <= mostPoints) return
  // The whole run is thinned alike, so that its beginning is drawn as finely as its end.
  draft.stride *= 2
  draft.batches = draft.batches.filter((point) => point.number % draft.stride === 0)
}

/** Follows the event of its batch. */
function addNorms(draft: Draft, { epoch, batch, parameters }: RunEventOf<'norms'>): void {
  const batches = draft.batch?.batches ?? batch
  const number = (epoch - 1) * batches + batch
  while (draft.norms.length > 0 && draft.norms.at(-1)!.number >= number) draft.norms.pop()
  draft.norms.push({ number, at: epoch - 1 + batch / batches, epoch, batch, parameters })
}

function addEvent(draft: Draft, event: RunEvent): void {
  switch (event.type) {
    case 'plan':
      draft.plan = event
      break
    case 'started':
      draft.started = event
      delete draft.batch
      delete draft.end
      break
    case 'forecast':
      draft.forecast = event.forecast
      break
    case 'batch':
      addBatch(draft, event)
      break
    case 'norms':
      addNorms(draft, event)
      break
    case 'epoch':
      while (draft.epochs.length > 0 && draft.epochs.at(-1)!.epoch >= event.epoch) draft.epochs.pop()
      draft.epochs.push(event)
      break
    case 'receipt':
      draft.receipt = event
      break
    case 'stopped':
    case 'failed':
    case 'finished':
      draft.end = event
      break
    case 'checkpoint':
      draft.checkpoint = event
      break
    case 'forked':
    case 'paused':
    case 'resumed':
    case 'warning':
      break
  }
}

/** The view with further events, up to before number `next`, where some were left out; the given one stays as it is. */
export function foldEvents(
  view: RunView,
  events: readonly RunEvent[],
  next = view.seen + events.length,
): RunView {
  const draft: Draft = {
    ...view,
    batches: [...view.batches],
    norms: [...view.norms],
    epochs: [...view.epochs],
    log: [],
  }
  for (const event of events) addEvent(draft, event)
  const logged = events.filter(({ type }) => loggedTypes.has(type)).toReversed()
  return { ...draft, log: [...logged, ...view.log], seen: next }
}

/** The epoch that a run had done when it was stopped between two; undefined: it was within one, or before the first. */
export const stoppedAfter = ({ epoch, batch }: Pick<RunEventOf<'stopped'>, 'epoch' | 'batch'>) =>
  batch === 0 && epoch > 1 ? epoch - 1 : undefined

/** Epochs in a row that a loss is higher before that is no chance, and by which share of the lowest. */
const risen = { epochs: 3, share: 0.1 }

/**
 * After which epoch validation's loss was lowest, if it has been clearly higher in each of the last epochs, in which training's was lower
 * than then: the photos are learnt by heart. Training's leaps where rates are high, so that one of these epochs is enough.
 */
export function risesAgain(
  epochs: RunView['epochs'],
): { epoch: number; lowest: number; now: number } | undefined {
  const trained = epochs.filter(({ train }) => train !== null)
  const last = trained.at(-1)
  if (!last) return undefined
  const best = trained.reduce((a, b) => (b.val.loss < a.val.loss ? b : a))
  const since = trained.slice(trained.indexOf(best) + 1).slice(-risen.epochs)
  if (since.length < risen.epochs || since.every(({ train }) => train!.loss >= best.train!.loss))
    return undefined
  if (since.some(({ val }) => val.loss <= (1 + risen.share) * best.val.loss)) return undefined
  return { epoch: best.epoch, lowest: best.val.loss, now: last.val.loss }
}

/** Gaps in accuracy between training and validation, if they grew over the last two epochs; else nothing. */
export function growingGap(epochs: RunView['epochs']): [before: number, now: number] | undefined {
  const gaps = epochs.flatMap(({ train, val }) => (train ? [train.accuracy - val.accuracy] : []))
  const [a, b, c] = gaps.slice(-3)
  if (a === undefined || b === undefined || c === undefined) return undefined
  // Up to two points of a hundred, or two photos, it is noise.
  const noise = Math.max(0.02, 2 / epochs.at(-1)!.val.total)
  return a < b && b < c && c > noise ? [b, c] : undefined
}

/** A share of the loss below which a change in it is no learning. */
const noLearning = 0.02

/** Whether two epochs and more have hardly moved the loss, neither from before the training nor from its first epoch. */
export function standsStill(epochs: RunView['epochs']): boolean {
  const [before, last] = [epochs.find(({ epoch }) => epoch === 0), epochs.at(-1)]
  const first = epochs.find(({ train }) => train !== null)
  if (!before || !last?.train || !first?.train || last.epoch - first.epoch < 1) return false
  const moved = (from: number, to: number) => Math.abs(to - from) > noLearning * from
  return !moved(before.val.loss, last.val.loss) && !moved(first.train.loss, last.train.loss)
}
