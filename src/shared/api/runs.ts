import { Id, Offered, PictureId, host, library, nothing, trainer } from './call.ts'
import { z } from 'zod'
import { PlanChoice, RunConfig } from '../config.ts'
import { DatasetLayout } from '../dataset.ts'
import { Preparation } from '../preparation.ts'
import {
  Environment,
  Forecast,
  PrecisionComparison,
  RunEvent,
  RunRecord,
  RunState,
  RunSummary,
} from '../run.ts'
import { PlainFailure } from './errors.ts'
import { EpochAnswer } from './evaluation.ts'

/** All about a run but its events and its list of photos. */
export const RunDetails = z.strictObject({
  summary: RunSummary,
  config: RunConfig,
  preparation: Preparation,
  environment: Environment,
  weights: RunRecord.shape.weights,
  dataset: z.strictObject({
    folder: z.string(),
    /** What it was read from: its folder, a list or an archive; null of a list where the run does not tell. */
    place: z.string().nullable(),
    layout: DatasetLayout,
    train: z.int(),
    val: z.int(),
    unreadable: z.int(),
  }),
})
export type RunDetails = z.infer<typeof RunDetails>

/** A validation photo whose answers are watched while the run learns. `truth` and the answers are indices among the classes. */
export const WatchedPhoto = z.strictObject({
  photo: z.string(),
  truth: z.int(),
  picture: PictureId.nullable(),
  history: z.array(EpochAnswer),
})
export type WatchedPhoto = z.infer<typeof WatchedPhoto>

export const runCalls = {
  /** Newest first. `damaged` are folders that look like runs and cannot be read. */
  'runs.list': library(
    nothing,
    z.strictObject({
      runs: z.array(RunSummary),
      damaged: z.array(z.strictObject({ folder: z.string(), why: PlainFailure })),
    }),
  ),
  'runs.get': library(z.strictObject({ run: Id }), RunDetails),
  /**
   * Events from number `from` on; `next` is where to go on, `done` whether that was all there are now. With `every`, batches whose number
   * since the start of the run is no multiple of it are left out, unless something else follows them.
   */
  'runs.events': library(
    z.strictObject({
      run: Id,
      from: z.int().nonnegative().default(0),
      limit: z.int().min(1).max(5000).default(2000),
      every: z.int().min(1).default(1),
    }),
    z.strictObject({ events: z.array(RunEvent), next: z.int(), done: z.boolean() }),
  ),
  /** Pictures of a run's photos, by their paths; null where the dataset is not known any more, or the photo is gone from it. */
  'runs.pictures': library(
    z.strictObject({ run: Id, photos: z.array(z.string().max(4096)).max(500) }),
    z.strictObject({ dataset: Id.nullable(), pictures: z.array(PictureId.nullable()) }),
  ),
  /** A dozen of the run's validation photos, the same ones at each call, with their answers in each epoch up to now. */
  'runs.watched': library(z.strictObject({ run: Id }), z.strictObject({ photos: z.array(WatchedPhoto) })),
  /** The run as one page that needs no network, in the person's language, as a file on offer. */
  'runs.report': library(z.strictObject({ run: Id, language: z.enum(['en', 'ko']) }), Offered),
  'runs.rename': library(z.strictObject({ run: Id, name: z.string().trim().min(1).max(200) }), RunSummary),
  /** Into the trash inside the data folder; `runs.restore` brings it back. @throws busy while it is trained */
  'runs.remove': library(z.strictObject({ run: Id }), nothing),
  'runs.restore': library(z.strictObject({ run: Id }), RunSummary),
}

/** What the trainer is doing. It does one thing at a time. */
export const TrainerState = z.strictObject({
  work: z.enum(['training', 'classifying', 'forecasting']).nullable(),
  run: Id.nullable(),
  state: RunState.nullable(),
})
export type TrainerState = z.infer<typeof TrainerState>

export const TrainStart = z.strictObject({
  dataset: Id,
  config: RunConfig,
  name: z.string().trim().max(200).optional(),
})

/** Goes on from a kept epoch of a run as a second run: settings that are given hold from there on. */
export const ForkStart = z.strictObject({
  fork: Id,
  epoch: z.int().min(1),
  changes: z.record(z.string(), z.json()).default({}),
  name: z.string().trim().min(1).max(200).optional(),
})

export const trainCalls = {
  /** Comes back when the run has its folder; all further comes as `run.events` and `run.state`. @throws busy, … */
  'train.start': host(TrainStart, z.strictObject({ run: Id })),
  /** @throws run.finished, run.no-checkpoint, run.locked, busy, … */
  'train.resume': host(z.strictObject({ run: Id }), z.strictObject({ run: Id })),
  /** Holds between two batches; `train.resume` lets it go on. */
  'train.pause': host(z.strictObject({ run: Id }), nothing),
  /** After the batch in hand, with a checkpoint to resume from. Comes back when it has stopped. */
  'train.stop': host(z.strictObject({ run: Id }), nothing),
  /** With the end of the epoch in hand, evaluated and resumable; or not any more. @throws not-found */
  'train.stopAfterEpoch': trainer(z.strictObject({ run: Id, stop: z.boolean() }), nothing),
  /**
   * Another plan from the next epoch on: a new stage, which run.json holds from now on. For a run that is paused.
   * @returns the epoch that it begins with @throws not-found, refused
   */
  'train.change': trainer(z.strictObject({ run: Id, plan: PlanChoice }), z.strictObject({ epoch: z.int() })),
  /**
   * Whether such a run could begin, as far as that can be told without computing. @throws config.invalid, network.unknown, weights.*,
   * preparation.size
   * @returns what a person should know of the weight file all the same: what is left out of it, or cannot be told
   */
  'train.check': library(
    z.strictObject({ config: RunConfig, classes: z.int().min(1) }),
    z.strictObject({ notes: z.array(PlainFailure) }),
  ),
  /** Measures two batches. Can be cancelled. @throws busy, run.does-not-fit, … */
  'train.forecast': trainer(TrainStart.omit({ name: true }), Forecast),
  /** Measures a few steps in both precisions. Can be cancelled. @throws busy, … */
  'train.precisions': trainer(TrainStart.omit({ name: true }), PrecisionComparison),
  /** Makes ready for learning the run's head again, which a person who looks at its photos may want. Computes no features. */
  'runs.warmUp': trainer(z.strictObject({ run: Id }), nothing),
  /** As the trainer told it last; while an op blocks it too. @throws engine.gone */
  'train.state': host(nothing, TrainerState),
}

/** What happens to runs without being asked for. */
export const runEvents = {
  /** New events of the run being trained, at most ten times a second; the first of them has number `from`. */
  'run.events': z.strictObject({ run: Id, from: z.int(), events: z.array(RunEvent) }),
  'run.state': z.strictObject({ run: Id, state: RunState, why: PlainFailure.nullable() }),
}
