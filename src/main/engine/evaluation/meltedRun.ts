import type { MeltAnswer } from '../../../shared/api/melt.ts'
import { photosOf } from '../../../shared/dataset.ts'
import type { Photo } from '../../../shared/dataset.ts'
import { shareOf } from '../../../shared/model/melt.ts'
import type { Shares } from '../../../shared/model/melt.ts'
import type { RunRecord } from '../../../shared/run.ts'
import type { Compute } from '../backend/compute.ts'
import { openCompute } from '../backend/compute.ts'
import { featureEnvironment } from '../bank/featureEnvironment.ts'
import { FeatureStore } from '../bank/featureStore.ts'
import { sha256Of } from '../checksum.ts'
import { Model } from '../model/network.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { openNetwork, readNetwork } from '../model/open.ts'
import { PhotoPool } from '../preprocess/workers/pool.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { currentFolders, dataPaths } from '../store/paths.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import { Features } from '../training/features.ts'
import { metadataOf } from '../training/saveNetwork.ts'
import { writeSafetensors } from '../weights/safetensors-writer.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluate.ts'
import { startOf } from './runStart.ts'

/** What is kept in memory of the validation photos' features, bytes. */
const keptFeatures = 2 ** 30

/** Both ends of a tensor that has moved, row-major in PyTorch's layout. */
interface Ends {
  start: Float32Array
  learnt: Float32Array
}

const layerOf = (tensor: string): string => tensor.slice(0, Math.max(0, tensor.lastIndexOf('.'))) || tensor

/** Between the two, computed in float64; exactly one of them at its end. */
const between = ({ start, learnt }: Ends, share: number): Float32Array =>
  share === 0 ? start : share === 1 ? learnt : start.map((value, i) => value + share * (learnt[i]! - value))

/**
 * A run whose weights can be set anywhere between its start and what it learnt. It answers its validation photos from features
 * that are kept up to the first layer that is not as it was learnt.
 */
export class MeltedRun {
  readonly record: RunRecord
  private readonly compute: Compute
  private readonly opened: OpenedNetwork
  private readonly model: Model
  private readonly moved: ReadonlyMap<string, Ends>
  private readonly sha256: string
  private readonly photos: readonly Photo[]
  private readonly workers: ViewWorkers
  /** Shares as the model's weights have them now; what is not there is as it was learnt. */
  private readonly set = new Map<string, number>()
  private kept: { cut: number; features: Features; store: FeatureStore | undefined } | undefined
  private learnt: Evaluation | undefined

  private constructor(
    record: RunRecord,
    compute: Compute,
    opened: OpenedNetwork,
    rest: { moved: Map<string, Ends>; sha256: string; pool: PhotoPool },
  ) {
    this.record = record
    this.compute = compute
    this.opened = opened
    this.model = new Model(opened.network, opened.weights, compute.kernels)
    this.moved = rest.moved
    this.sha256 = rest.sha256
    this.photos = photosOf(record.dataset, 'val')
    const { dataset, preparation } = record
    this.workers = new ViewWorkers(rest.pool, { folder: dataset.folder, preparation })
  }

  /** @throws ThawError run.*, run.other-weights, weights.*, backend.none */
  static async open(folder: string, home = currentFolders().home): Promise<MeltedRun> {
    const record = await readRecordHere(home, folder)
    const start = await readNetwork(await startOf(record))
    try {
      const file = await bestWeightsOf(folder)
      const compute = await openCompute(record.config.threads, record.config.precision)
      const opened = await openNetwork({ backbone: record.network, file })
      try {
        const moved = new Map<string, Ends>()
        for (const { name, dtype } of opened.weights.specs) {
          // Counters of batches have no part in any answer.
          const before = dtype === 'int64' ? undefined : await start.read(name)
          const learnt = before && opened.weights.take(name)
          if (learnt?.some((value, i) => value !== before![i])) moved.set(name, { start: before!, learnt })
        }
        const pool = await PhotoPool.open({ threads: compute.environment.threads })
        return new MeltedRun(record, compute, opened, { moved, sha256: await sha256Of(file), pool })
      } catch (error) {
        opened.weights.dispose()
        throw error
      }
    } finally {
      await start.close()
    }
  }

  /** Puts the weights where the shares say. @returns layers that are not as they were learnt @throws ThawError plan.unknown-node */
  private melt(shares: Shares): Set<string> {
    const shareAt = shareOf(this.opened.network, shares)
    const melted = new Set<string>()
    for (const [name, ends] of this.moved) {
      const share = shareAt(name)
      if (share < 1) melted.add(layerOf(name))
      if (share === (this.set.get(name) ?? 1)) continue
      this.opened.weights.put(name, between(ends, share))
      this.set.set(name, share)
    }
    return melted
  }

  /** Features of the validation photos up to a cut, kept as long as the cut stays. */
  private async featuresAt(cut: number): Promise<Features> {
    if (this.kept?.cut === cut) return this.kept.features
    await this.kept?.store?.close()
    this.kept = undefined
    const { record, model, workers } = this
    const store = await this.storeAt(cut)
    const { preparation, config, dataset } = record
    const features = new Features({
      ...{ model, workers, preparation, prefix: cut, store },
      ...{ augmentation: 'none', seed: config.seed, split: 'val', folder: dataset.folder },
      ...{ keep: true, memory: keptFeatures },
    })
    this.kept = { cut, features, store }
    return features
  }

  /** What training has kept on the disk, where nothing below the cut has learnt. */
  private async storeAt(cut: number): Promise<FeatureStore | undefined> {
    const { record, model, compute } = this
    const movedLayers = new Set([...this.moved.keys()].map(layerOf))
    if (cut === 0 || model.parametersBelow(cut).some((name) => movedLayers.has(layerOf(name))))
      return undefined
    return FeatureStore.open(dataPaths(currentFolders()).features, {
      weights: record.weights.sha256,
      cut: model.nameBefore(cut) ?? '',
      preparation: record.preparation,
      environment: featureEnvironment(compute.environment),
    })
  }

  private async evaluate(shares: Shares, signal?: AbortSignal): Promise<Evaluation & { cut: number }> {
    const melted = this.melt(shares)
    const { steps } = this.model.penultimate
    const first = this.model.firstStepWith((name) => melted.has(layerOf(name)))
    const cut = first === -1 ? steps : Math.min(first, steps)
    const features = await this.featuresAt(cut)
    const { batch } = this.record.config
    const found = await evaluate(this.model, features, this.photos, {
      ...{ prefix: cut, batch, ...(signal && { signal }) },
    })
    return { ...found, cut }
  }

  /**
   * What the network answers for the validation photos with the weights where the shares say.
   * @throws ThawError plan.unknown-node, photo.*, cancelled
   */
  async answer(shares: Shares, signal?: AbortSignal): Promise<MeltAnswer> {
    this.learnt ??= await this.evaluate({}, signal)
    const { score, confusion, said, truth, cut } = await this.evaluate(shares, signal)
    const { learnt } = this
    return {
      score,
      learnt: learnt.score,
      confusion,
      from: this.model.nameBefore(cut),
      flips: this.photos.flatMap((photo, i) =>
        said[i] === learnt.said[i]
          ? []
          : [
              {
                ...{ photo: photo.path, truth: photo.class, before: learnt.said[i]!, after: said[i]! },
                truthProbability: truth[i]!,
              },
            ],
      ),
    }
  }

  /**
   * Writes the weights where the shares say as an ordinary weight file; its metadata tells how they were made.
   * @throws ThawError plan.unknown-node, disk.full, output.unwritable
   */
  async save(shares: Shares, file: string): Promise<void> {
    this.melt(shares)
    const { weights } = this.opened
    const recipe = { start: this.record.weights.sha256, learnt: this.sha256, shares }
    await writeSafetensors(
      file,
      weights.specs.map(({ name, shape, dtype }) => ({
        ...{ name, shape, dtype, values: () => weights.pieces(name) },
      })),
      { ...metadataOf(this.record), melt: JSON.stringify(recipe) },
    )
  }

  async close(): Promise<void> {
    await this.kept?.store?.close()
    await this.workers.close()
    this.opened.weights.dispose()
  }
}
