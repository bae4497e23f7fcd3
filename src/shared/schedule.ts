import type { Schedule } from './config.ts'

/** Where a run stands, counted in steps of the optimizer from 0. */
export interface ScheduleState {
  step: number
  stepsPerEpoch: number
  totalSteps: number
  /** Steps of warm-up at the start; the schedule runs over the rest as if it began there. */
  warmup: number
  /** How often `plateau` has cut the rate so far. */
  cuts: number
}

/** OneCycleLR's defaults in torch.optim.lr_scheduler. */
const oneCycle = { start: 25, end: 1e4, rising: 0.3, momentum: { high: 0.95, low: 0.85 } }

/** ReduceLROnPlateau's `eps`: a cut that would change the rate by no more is not made. */
const leastCut = 1e-8

function afterCuts(base: number, factor: number, cuts: number): number {
  let rate = base
  for (let cut = 0; cut < cuts && rate * (1 - factor) > leastCut; cut += 1) rate *= factor
  return rate
}

/** Half a cosine from `from` (share 0) to `to` (share 1). */
const cosineBetween = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))

/** 0 at the start of the phase, 1 at its end: [rising?, share of the phase]. */
function oneCyclePhase(step: number, total: number): [rising: boolean, share: number] {
  const peak = oneCycle.rising * total - 1
  const end = total - 1
  return step <= peak ? [true, step / peak] : [false, (step - peak) / (end - peak)]
}

/** The learning rate of a group whose own is `base`, for a step. Definitions: torch.optim.lr_scheduler. */
export function learningRateAt(schedule: Schedule, base: number, at: ScheduleState): number {
  if (at.step < at.warmup) return (base * (at.step + 1)) / at.warmup
  const step = at.step - at.warmup
  const total = at.totalSteps - at.warmup
  const epoch = Math.floor(step / at.stepsPerEpoch)
  switch (schedule.kind) {
    case 'constant':
      return base
    case 'step':
      return base * schedule.factor ** Math.floor(epoch / schedule.every)
    case 'exponential':
      return base * schedule.factor ** epoch
    case 'cosine':
      return cosineBetween(base, schedule.floor, total > 0 ? step / total : 0)
    case 'one-cycle': {
      const [rising, share] = oneCyclePhase(step, total)
      const start = base / oneCycle.start
      return rising ? cosineBetween(start, base, share) : cosineBetween(base, start / oneCycle.end, share)
    }
    case 'plateau':
      return afterCuts(base, schedule.factor, at.cuts)
  }
}

/** The momentum (Adam's first beta) for a step, where the schedule moves it too; else null. */
export function momentumAt(schedule: Schedule, at: ScheduleState): number | null {
  if (schedule.kind !== 'one-cycle' || at.step < at.warmup) return null
  const { high, low } = oneCycle.momentum
  const [rising, share] = oneCyclePhase(at.step - at.warmup, at.totalSteps - at.warmup)
  return rising ? cosineBetween(high, low, share) : cosineBetween(low, high, share)
}

/** What `plateau` remembers from epoch to epoch. */
export interface Plateau {
  best: number
  /** Epochs in a row that were not better. */
  bad: number
  cuts: number
}

export const freshPlateau = (): Plateau => ({ best: Infinity, bad: 0, cuts: 0 })

/** ReduceLROnPlateau after an epoch with this loss (mode min, relative threshold). */
export function afterEpoch(schedule: Schedule, state: Plateau, loss: number): Plateau {
  if (schedule.kind !== 'plateau') return state
  if (loss < state.best * (1 - schedule.threshold)) return { ...state, best: loss, bad: 0 }
  if (state.bad + 1 > schedule.patience) return { ...state, bad: 0, cuts: state.cuts + 1 }
  return { ...state, bad: state.bad + 1 }
}
