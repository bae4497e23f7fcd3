import { photosOf } from '../../../shared/dataset.ts'
import { scoreOf } from '../../../shared/metrics.ts'
import { largestBatch, peakBytes } from '../../../shared/model/cost.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { viewsOf } from '../../../shared/augmentation.ts'
import type { Forecast, RunEvent, RunRecord } from '../../../shared/run.ts'
import type { Weights } from '../model/weights.ts'
import type { Position } from './checkpoint.ts'
import type { Stage } from './stages.ts'

export function planEvent(
  network: string,
  weights: Weights,
  epoch: number,
  { plan, cut, features }: Stage,
): RunEvent {
  const parameters = weights.specs.filter((spec) => spec.role === 'parameter')
  return {
    type: 'plan',
    network,
    epoch: Math.max(1, epoch),
    groups: plan.groups,
    frozen: parameters.map((spec) => spec.name).filter((name) => !plan.learningRates.has(name)),
    learns: plan.learns,
    total: plan.total,
    cut: cut.names.prefix,
    cached: (['train', 'val'] as const).filter((split) => features[split].isFixed),
  }
}

export function startedEvent(record: RunRecord, folder: string, { epoch, batch }: Position): RunEvent {
  const { id, environment, classes, dataset, config } = record
  return {
    type: 'started',
    run: id,
    folder,
    environment,
    classes,
    train: photosOf(dataset, 'train').length,
    val: photosOf(dataset, 'val').length,
    unreadable: dataset.unreadable,
    epochs: config.epochs,
    epoch,
    batch,
    seed: config.seed,
  }
}

export function finishedEvent(run: string, folder: string, { best }: Position, seconds: number): RunEvent {
  return {
    type: 'finished',
    run,
    folder,
    best: best ?? { epoch: 0, ...scoreOf(0, 0, 0) },
    seconds,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }
}

/**
 * What the first two batches say of the whole run, to be shown beside what it then took.
 * @param measured seconds of the evaluation before training, the batches' photos a second, and bytes that are free
 */
export function forecastOf(
  { config, dataset }: RunRecord,
  network: Network,
  { plan, features }: Stage,
  measured: { secondsEvaluation: number; photosPerSecond: number; available: number },
): Forecast {
  const { secondsEvaluation, photosPerSecond } = measured
  const evaluation = features.val.isFixed ? 0 : secondsEvaluation
  const first = photosOf(dataset, 'train').length / photosPerSecond + evaluation
  // With a fixed set of views, later epochs only read what the first ones computed.
  const views = features.train.isFixed ? viewsOf(config.augmentation)! : config.epochs
  const later = features.train.isFixed ? evaluation : first
  return {
    secondsFirstEpoch: first,
    secondsEpoch: later,
    secondsTotal:
      secondsEvaluation + first * Math.min(views, config.epochs) + later * Math.max(0, config.epochs - views),
    peakMiB: peakBytes(network, plan, config) / 2 ** 20,
    suggestedBatch: largestBatch(network, plan, config, 0.8 * measured.available),
  }
}
