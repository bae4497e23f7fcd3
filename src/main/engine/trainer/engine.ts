import type { ClassifyModel } from '../../../shared/api/classify.ts'
import type { checkAndKeep } from '../findings/checkById.ts'
import type { gradCamOfPhoto } from '../evaluation/gradCamOfPhoto.ts'
import type { featureCost } from '../bank/featureCost.ts'
import type { measureSpeed } from '../model/speed.ts'
import type { offeredExport } from '../exchange/offeredExport.ts'
import type { compareRuns } from '../evaluation/compareRuns.ts'
import type { MeltedRun } from '../evaluation/meltedRun.ts'
import type { mapDataset, relate } from '../bank/relate.ts'
import type { evaluateRun } from '../evaluation/evaluateRun.ts'
import type * as RunHeads from '../bank/runHeads.ts'
import type { RunConfig } from '../../../shared/config.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import type { fork } from '../training/fork.ts'
import type { Classifier, ClassifierOptions } from '../classify/classifier.ts'
import type { Suggestions } from './suggest.ts'
import type { Forecast, PrecisionComparison, RunEvent } from '../../../shared/run.ts'

export interface Interruptible {
  /** Stops between two batches, leaving a checkpoint. */
  signal: AbortSignal
  /** Asked between two batches. What it gives, the loop calls once it is at rest, and waits for it. */
  shouldPause?: () => (() => Promise<void>) | undefined
  /** Asked after each epoch. */
  shouldStop?: () => boolean
}

export interface TrainRequest extends Interruptible {
  home: string
  dataset: Dataset
  config: RunConfig
  name?: string
}

/** Bytes that a piece of work takes. */
export interface Needs {
  training: (run: Pick<TrainRequest, 'dataset' | 'config'>) => number
  /** @throws ThawError run.*, network.unknown */
  answering: (home: string, model: ClassifyModel) => Promise<number>
}

/** What the trainer's handlers need of the engine. */
export interface TrainingEngine {
  /** The run's events, recorded in its folder before they are given. @throws ThawError, also after the first event */
  train: (options: TrainRequest) => AsyncIterable<RunEvent>
  resume: (
    folder: string,
    options: Interruptible & { home: string; allowDifferent?: boolean },
  ) => AsyncIterable<RunEvent>
  /** Makes the folder of a fork, for `resume` to go on with. @throws ThawError run.*, config.invalid, disk.full */
  fork: typeof fork
  forecast: (options: Omit<TrainRequest, 'name'>) => Promise<Forecast>
  comparePrecisions: (options: Omit<TrainRequest, 'name'>) => Promise<PrecisionComparison>
  /** What photos without a label seem to be. @throws ThawError not-found, weights.*, backend.none, cancelled */
  suggest: Suggestions['suggest']
  /** What a network has to do before it has looked at a dataset's photos. */
  featureCost: typeof featureCost
  needs: Needs
  /** Bytes that are free for further work. */
  available: () => Promise<number>
  /** @throws ThawError run.*, weights.*, labels.*, network.unknown, backend.none, cancelled */
  openClassifier: (options: ClassifierOptions) => Promise<Classifier>
  /** What the feature bank says of a run. */
  heads: typeof RunHeads
  /** Looks for what is wrong with a dataset's photos, and keeps it. */
  check: typeof checkAndKeep
  /** Which photos of a dataset are like which, and where they lie on a map. */
  relate: typeof relate
  mapDataset: typeof mapDataset
  /** Photos a second of a network. @throws ThawError network.unknown, backend.none, cancelled */
  measureSpeed: typeof measureSpeed
  /** Writes a run's weights for other programs, and checks them. */
  offeredExport: typeof offeredExport
  /** What a run answers photo by photo. */
  evaluateRun: typeof evaluateRun
  /** Runs on the photos that all of them have. */
  compareRuns: typeof compareRuns
  /** A run whose weights can be set between its start and what it learnt. @throws ThawError run.*, weights.*, backend.none */
  openMelted: typeof MeltedRun.open
  /** What each place of a photo spoke for a class. */
  gradCam: typeof gradCamOfPhoto
}
