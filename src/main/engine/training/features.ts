import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Photo, SeenSplit } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { viewsOf } from '../../../shared/augmentation.ts'
import type { Augmentation } from '../../../shared/augmentation.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { FeatureStore } from '../bank/featureStore.ts'
import { rowName } from '../bank/rowName.ts'
import { sha256Of } from '../checksum.ts'
import { FixedPart } from '../model/fixedPart.ts'
import type { FeatureRow } from '../model/fixedPart.ts'
import type { Model } from '../model/network.ts'
import { trainingRequest } from '../preprocess/views.ts'
import { normalise } from '../preprocess/normalise.ts'
import type { ViewRequest } from '../preprocess/workers/tasks.ts'
import type { View, ViewJob, ViewWorkers } from '../preprocess/workers/viewWorkers.ts'

export interface FeatureOptions {
  model: Model
  workers: ViewWorkers
  preparation: Preparation
  augmentation: Augmentation
  seed: number
  split: SeenSplit
  /** Number of steps of the fixed part. */
  prefix: number
  keep: boolean
  /** How much of its output is kept in memory, bytes; the rest comes from the disk each epoch. */
  memory: number
  /** Where features outlive the run. */
  store: FeatureStore | undefined
  /** The dataset's folder. */
  folder: string
}

export interface Batch {
  /** float32 [batch, …]; the consumer owns it. */
  x: Tensor
  /** The photos’ indices in their split. */
  indices: number[]
  /** Further photos that are computed. */
  ahead: number
}

/** Feeds the part of the network that is not fixed with one split's photos: photos in, the fixed part's output out. */
export class Features {
  private readonly options: FeatureOptions
  private readonly part: FixedPart | undefined
  private readonly kept = new Map<string, Float32Array>()
  private keptBytes = 0
  /** When each photo's file was changed last, as it was when it was read; by the photo's path, ms since 1970. */
  private readonly times = new Map<string, number>()
  /** Photo's path → SHA-256 of its bytes. */
  private readonly hashes = new Map<string, string>()
  /** Photos that are computed and not yet in a batch. */
  private ahead = 0

  constructor(options: FeatureOptions) {
    this.options = options
    const { model, preparation, prefix } = options
    this.part = prefix > 0 ? new FixedPart(model, preparation, prefix) : undefined
  }

  /** Whether features are the same every epoch, so that they are computed once. */
  get isFixed(): boolean {
    const { keep, split, prefix, augmentation } = this.options
    return keep && prefix > 0 && (split === 'val' || viewsOf(augmentation) !== undefined)
  }

  /** The view of training photo `index` in an epoch (from 1), or the evaluation view. */
  private viewOf(photo: Photo, index: number, epoch: number): ViewRequest {
    const { augmentation, seed } = this.options
    if (photo.split === 'val') return { kind: 'evaluation' }
    return trainingRequest(augmentation, { seed, photo: index, epoch })
  }

  /**
   * The features of `photos[order[0]], photos[order[1]], …` in batches.
   * @throws ThawError photo.*, cancelled
   */
  async *batches(
    photos: readonly Photo[],
    order: readonly number[],
    { epoch, batch, signal }: { epoch: number; batch: number; signal?: AbortSignal },
  ): AsyncGenerator<Batch> {
    const fixed = this.isFixed
    if (fixed)
      await this.identify(
        order.map((index) => photos[index]!),
        signal,
      )
    const jobOf = (index: number): ViewJob => ({
      path: photos[index]!.path,
      view: this.viewOf(photos[index]!, index, epoch),
      crop: photos[index]!.crop,
    })
    const keyOf = (index: number) => {
      const { path: file, view, crop } = jobOf(index)
      return rowName(this.hashes.get(file)!, view, crop)
    }
    const isThere = (index: number) =>
      fixed && (this.kept.has(keyOf(index)) || (this.options.store?.has(keyOf(index)) ?? false))
    const absentAtStart = new Set(order.filter((index) => !isThere(index)))
    const computed = this.computed([...absentAtStart].map(jobOf), signal)
    this.ahead = 0
    try {
      for (let from = 0; from < order.length; from += batch) {
        const indices = order.slice(from, from + batch)
        const rows: Float32Array[] = []
        for (const index of indices) {
          const key = fixed ? keyOf(index) : ''
          const row = absentAtStart.has(index)
            ? await this.asTheRunKnows(photos[index]!, await this.nextOf(computed))
            : (this.kept.get(key) ?? (await this.stored(key)) ?? (await this.again(jobOf(index), signal)))
          rows.push(row)
          if (fixed) await this.remember(key, row)
        }
        yield { x: stacked(rows, this.rowShape()), indices, ahead: this.ahead }
      }
    } finally {
      await computed.return()
    }
  }

  /**
   * What was computed of a photo, unless its file has become another one: it has another size than the run's record says, or another
   * time than when it was first read, and not the same contents.
   * @throws ThawError photo.changed
   */
  private async asTheRunKnows<T>({ path: photo, bytes, modified, hash }: Photo, computed: T): Promise<T> {
    const file = path.join(this.options.folder, photo)
    const now = await stat(file).catch(() => undefined)
    if (!now) return computed
    const time = Math.round(now.mtimeMs)
    const known = this.times.get(photo) ?? (hash === undefined ? time : modified)
    this.times.set(photo, time)
    if (now.size === bytes && time === known) return computed
    // Copied or touched, it may hold the same bytes.
    if (now.size === bytes && hash !== undefined && (await sha256Of(file)) === hash) return computed
    throw new ThawError('photo.changed', { file })
  }

  private async nextOf(computed: AsyncGenerator<Float32Array, void>): Promise<Float32Array> {
    const { value, done } = await computed.next()
    if (done) throw new Error('the workers gave too few photos')
    this.ahead = Math.max(0, this.ahead - 1)
    return value
  }

  /**
   * The fixed part's output of each view, in their order. Computed ahead of the batches, whatever their size, so that no more
   * blank photos are computed than at the end.
   * @throws ThawError photo.*, cancelled
   */
  private async *computed(
    jobs: readonly ViewJob[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Float32Array, void> {
    const { preparation, workers } = this.options
    const views = workers.views(jobs, { keep: !this.isFixed, ...(signal && { signal }) })
    if (!this.part) {
      for await (const view of views) yield normalised(pixelsOf(view), preparation)
      return
    }
    for await (const rows of this.part.rows(views, signal)) {
      this.ahead = rows.length
      for (const row of rows) yield valuesOf(row)
    }
  }

  /** A row that was thought to be kept, and is not there whole. */
  private async again(job: ViewJob, signal: AbortSignal | undefined): Promise<Float32Array> {
    const { ahead } = this
    const computed = this.computed([job], signal)
    try {
      return await this.nextOf(computed)
    } finally {
      await computed.return()
      this.ahead = ahead
    }
  }

  private rowShape(): number[] {
    const { crop } = this.options.preparation
    return this.part?.rowShape() ?? [crop, crop, 3]
  }

  private stored(key: string): Promise<Float32Array | undefined> {
    const length = this.rowShape().reduce((a, b) => a * b, 1)
    return this.options.store?.get(key, length) ?? Promise.resolve(undefined)
  }

  private async remember(key: string, row: Float32Array): Promise<void> {
    if (!this.kept.has(key) && this.keptBytes + row.byteLength <= this.options.memory) {
      this.kept.set(key, row)
      this.keptBytes += row.byteLength
    }
    await this.options.store?.put(key, row)
  }

  /** @throws ThawError cancelled */
  private async identify(photos: readonly Photo[], signal: AbortSignal | undefined): Promise<void> {
    for (const photo of photos) {
      if (this.hashes.has(photo.path)) continue
      // A photo that is gone gets its error where it is decoded.
      const hash = sha256Of(path.join(this.options.folder, photo.path), signal).catch((error: unknown) => {
        if (signal?.aborted) throw error
        return `gone:${photo.path}`
      })
      this.hashes.set(photo.path, await hash)
    }
  }
}

function pixelsOf(view: View): Uint8Array {
  if ('error' in view) throw view.error
  return view.pixels
}

function valuesOf(row: FeatureRow): Float32Array {
  if ('error' in row) throw row.error
  return row.values
}

function normalised(pixels: Uint8Array, preparation: Preparation): Float32Array {
  const row = new Float32Array(pixels.length)
  normalise(pixels, preparation, row)
  return row
}

function stacked(rows: readonly Float32Array[], shape: readonly number[]): Tensor {
  const size = rows[0]!.length
  const values = new Float32Array(size * rows.length)
  rows.forEach((row, i) => values.set(row, i * size))
  return tf.tensor(values, [rows.length, ...shape], 'float32')
}
