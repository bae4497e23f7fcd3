import { photosOf } from '../../../shared/dataset.ts'
import { onPhotosOf } from '../../../shared/model/layers.ts'
import { scoreOf } from '../../../shared/metrics.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { viewsOf } from '../../../shared/augmentation.ts'
import type { Forecast, RunEvent, RunRecord } from '../../../shared/run.ts'
import type { Weights } from '../model/weights.ts'
import type { Position } from './checkpoint.ts'
import { memoryOf, secondsOf } from './forecastFormula.ts'
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
  { config, dataset, preparation }: RunRecord,
  network: Network,
  { plan, features }: Stage,
  measured: { secondsEvaluation: number; photosPerSecond: number; available: number },
): Forecast {
  const { secondsEvaluation, photosPerSecond, available } = measured
  const all = { train: photosOf(dataset, 'train').length, val: photosOf(dataset, 'val').length }
  const evaluation = secondsEvaluation / all.val
  const seconds = {
    evaluation,
    // What is kept is only read again.
    evaluationAgain: features.val.isFixed ? 0 : evaluation,
    fresh: 1 / photosPerSecond,
    again: 0,
    // Not measured yet.
    savingEach: 0,
    savingOnce: 0,
  }
  const views = features.train.isFixed ? viewsOf(config.augmentation)! : null
  return {
    ...secondsOf(seconds, { all, epochs: config.epochs, views }),
    ...memoryOf(onPhotosOf(network, preparation.crop), plan, config, { photos: all.train, available }),
  }
}
