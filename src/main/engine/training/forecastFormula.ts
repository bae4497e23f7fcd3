import type { RunConfig } from '../../../shared/config.ts'
import type { SeenSplit } from '../../../shared/dataset.ts'
import { largestBatch, peakBytes } from '../../../shared/model/cost.ts'
import type { ResolvedPlan } from '../../../shared/model/plan.ts'
import type { Network } from '../../../shared/model/spec.ts'
import type { Forecast } from '../../../shared/run.ts'

/** What was measured of a run, in seconds; of a photo where it says so. */
export interface Measured {
  /** Of a photo, in the evaluation before training, which computes everything. */
  evaluation: number
  /** Of a photo, in later evaluations: what is frozen is kept. */
  evaluationAgain: number
  /** Of a training photo's view that is new. */
  fresh: number
  /** Of a training photo's view that was computed before and is kept. */
  again: number
  /** After each epoch, and once at the end: writing weights. */
  savingEach: number
  savingOnce: number
}

/** What a run takes of time. */
export type EpochTimes = Pick<Forecast, 'freshEpochs' | 'secondsFirstEpoch' | 'secondsEpoch' | 'secondsTotal'>

export interface Planned {
  /** Photos. */
  all: Record<SeenSplit, number>
  epochs: number
  /** How many views of a training photo are kept; null: it has a new one each epoch. */
  views: number | null
}

/**
 * Seconds of an epoch, of one whose views are new and of the whole run, evaluation before training and saving included; and how many
 * epochs have new views.
 */
export function secondsOf(
  { evaluation, evaluationAgain, fresh, again, savingEach, savingOnce }: Measured,
  { all, epochs, views }: Planned,
): EpochTimes {
  const evaluated = all.val * evaluationAgain + savingEach
  const perPhoto = views === null ? fresh : again
  const secondsEpoch = all.train * perPhoto + evaluated
  const freshEpochs = Math.min(views ?? epochs, epochs)
  // Each kept view is computed once.
  const computedOnce = all.train * (fresh - perPhoto) * freshEpochs
  const total = all.val * evaluation + secondsEpoch * epochs + computedOnce + savingOnce
  return {
    freshEpochs,
    secondsFirstEpoch: all.train * fresh + evaluated,
    secondsEpoch,
    secondsTotal: Math.max(total, 0),
  }
}

/** The part of memory that a batch may be suggested to fill. */
const fillable = 0.8

/** Steps that an epoch of a suggested batch has at least: the mean gradient of all photos at once is no stochastic descent. */
const leastSteps = 4

/** The largest power of two that leaves an epoch of so many photos its steps. */
const largestUseful = (photos: number): number => 2 ** Math.max(0, Math.floor(Math.log2(photos / leastSteps)))

/**
 * What a run takes of memory, and the largest batch that has room and leaves an epoch some steps.
 * @param photos it learns from
 * @param available bytes that are free
 */
export const memoryOf = (
  network: Network,
  plan: ResolvedPlan,
  config: RunConfig,
  { photos, available }: { photos: number; available: number },
): Pick<Forecast, 'peakMiB' | 'suggestedBatch'> => ({
  peakMiB: peakBytes(network, plan, config) / 2 ** 20,
  suggestedBatch: Math.min(largestBatch(network, plan, config, fillable * available), largestUseful(photos)),
})
