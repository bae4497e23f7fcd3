import type { Photo, SeenSplit } from '../../../shared/dataset.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { planFor } from '../../../shared/planFor.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { featureEnvironment } from '../bank/featureEnvironment.ts'
import { FeatureStore } from '../bank/featureStore.ts'
import type { Model } from '../model/network.ts'
import type { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { currentFolders, dataPaths } from '../store/paths.ts'
import { Features } from './features.ts'
import type { Phase } from './learner.ts'
import type { MovingAverage } from './movingAverage.ts'

/** What is kept in memory of the fixed part's output, for both splits together, bytes. */
const keptFeatures = 2 ** 30

/** What holds for some epochs: the plan, where it cuts the network, and what feeds the part above the cut. */
export interface Stage extends Phase {
  features: Record<SeenSplit, Features>
  /** Whether a tensor learns, or is a statistic that is updated. */
  mayChange: (tensor: string) => boolean
}

/** The layer a tensor belongs to. */
const layerOf = (tensor: string): string => tensor.slice(0, tensor.lastIndexOf('.'))

/** What a run's stages are made of. */
export interface StageParts {
  record: RunRecord
  network: Network
  model: Model
  photos: Record<SeenSplit, Photo[]>
  /** Decodes the photos. */
  workers: ViewWorkers
  average: MovingAverage | null
  /** All that has learnt at any time; opening a stage adds what it lets learn. */
  changed: Set<string>
}

/** The stages of a run, one after the other: each has the feature stores that fit its cut. */
export class Stages {
  private readonly parts: StageParts
  private stores: FeatureStore[] = []

  constructor(parts: StageParts) {
    this.parts = parts
  }

  /** What the plan of an epoch makes of the network. The former stage is closed. */
  async open(epoch: number): Promise<Stage> {
    const { record, network, model } = this.parts
    const plan = resolvePlan(network, planFor(record.config, network, epoch))
    const cut = model.cutOf(plan)
    const buffers = new Set(
      model.weights.specs.filter(({ role }) => role === 'buffer').map(({ name }) => name),
    )
    const mayChange = (name: string) =>
      buffers.has(name) ? plan.updating.has(layerOf(name)) : plan.learningRates.has(name)
    this.watch(mayChange)
    await this.close()
    const train = await this.openStore(cut.prefix, cut.names.prefix)
    const isSame = cut.learning === cut.prefix
    const val = isSame ? train : await this.openStore(cut.learning, cut.names.learning)
    const features = {
      train: this.featuresOf('train', cut.prefix, train),
      val: this.featuresOf('val', cut.learning, val),
    }
    return { plan, cut, features, mayChange }
  }

  async close(): Promise<void> {
    for (const store of this.stores.splice(0)) await store.close()
  }

  /** From now on these tensors belong into checkpoints, and those of them that are no counters are averaged. */
  private watch(mayChange: Stage['mayChange']): void {
    const { model, average, changed } = this.parts
    const moving = model.weights.specs.filter(({ name }) => mayChange(name))
    for (const { name } of moving) changed.add(name)
    average?.watch(moving.filter(({ dtype }) => dtype !== 'int64').map(({ name }) => name))
  }

  private featuresOf(split: SeenSplit, prefix: number, store: FeatureStore | undefined): Features {
    const { record, model, workers, photos } = this.parts
    const { config, preparation, dataset } = record
    return new Features({
      model,
      workers,
      preparation,
      augmentation: config.augmentation,
      seed: config.seed,
      split,
      prefix,
      keep: config.cache,
      memory: (keptFeatures * photos[split].length) / (photos.train.length + photos.val.length),
      store,
      folder: dataset.folder,
    })
  }

  /**
   * Features that outlive the run: where there is a fixed part, and the weight file still describes all of it.
   * @param prefix number of its steps
   * @param name of its last layer
   */
  private async openStore(prefix: number, name: string | null): Promise<FeatureStore | undefined> {
    const { record, model, changed } = this.parts
    const { config, weights, environment, preparation } = record
    if (!config.cache || prefix === 0) return undefined
    if (model.parametersBelow(prefix).some((it) => changed.has(it))) return undefined
    const store = await FeatureStore.open(dataPaths(currentFolders()).features, {
      weights: weights.sha256,
      cut: name ?? '',
      preparation,
      environment: featureEnvironment(environment),
    })
    if (store) this.stores.push(store)
    return store
  }
}
