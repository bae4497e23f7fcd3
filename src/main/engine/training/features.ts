import path from 'node:path'
import type { Photo } from '../../../shared/dataset.ts'
import type { Augmentation, Preparation } from '../../../shared/preparation.ts'
import { viewsOf } from '../../../shared/preparation.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Model } from '../model/network.ts'
import { sha256Of } from '../checksum.ts'
import { photoBatch } from '../model/photoBatch.ts'
import { normalise } from '../preprocess/normalise.ts'
import type { ViewRequest } from '../preprocess/workers/tasks.ts'
import type { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import type { FeatureStore } from './featureStore.ts'

/**
 * The frozen part is always computed for this many photos at once, filled up with blank ones: so a photo's features are the
 * same bits whichever batch it is in, and whether they were kept from before or not.
 */
const chunk = 8

/** What is kept in memory of the frozen part's output, in bytes; the rest comes from the disk each epoch. */
const memoryLimit = 2 ** 30

export interface FeatureOptions {
  model: Model
  workers: ViewWorkers
  preparation: Preparation
  augmentation: Augmentation
  seed: number
  /** Number of steps of the frozen part. */
  prefix: number
  keep: boolean
  /** Where features outlive the run. */
  store: FeatureStore | undefined
  /** The dataset's folder. */
  folder: string
}

/** Feeds the part of the network that is not fixed: photos in, the fixed part's output out. */
export class Features {
  private readonly options: FeatureOptions
  private readonly kept = new Map<string, Float32Array>()
  private keptBytes = 0
  /** Photo's path → SHA-256 of its bytes. */
  private readonly hashes = new Map<string, string>()
  /** Shape of one row, once known. */
  private shape: number[] | null = null

  constructor(options: FeatureOptions) {
    this.options = options
  }

  /** Whether a split's features are the same every epoch, so that they are computed once. */
  isFixed(split: Photo['split']): boolean {
    const { keep, prefix, augmentation } = this.options
    return keep && prefix > 0 && (split === 'val' || viewsOf(augmentation) !== undefined)
  }

  /** The view of training photo `index` in an epoch (from 1), or the evaluation view. */
  private viewOf(photo: Photo, index: number, epoch: number): ViewRequest {
    const { augmentation, seed } = this.options
    if (photo.split === 'val' || augmentation === 'none') return { kind: 'evaluation' }
    const views = viewsOf(augmentation)
    if (views === undefined) return { kind: 'epoch', seed, photo: index, epoch }
    return { kind: 'bank', seed, photo: index, view: (epoch - 1) % views }
  }

  /**
   * The features of `photos[order[0]], photos[order[1]], …` in batches.
   * @yields float32 [batch, …], which the consumer owns, with the photos' places
   * @throws ThawError photo.*, cancelled
   */
  async *batches(
    photos: readonly Photo[],
    order: readonly number[],
    { epoch, batch, signal }: { epoch: number; batch: number; signal?: AbortSignal },
  ): AsyncGenerator<{ x: Tensor; places: number[] }> {
    const fixed = photos.length > 0 && this.isFixed(photos[0]!.split)
    if (fixed) await this.identify(order.map((place) => photos[place]!))
    const keyOf = (place: number) => {
      const photo = photos[place]!
      const view = this.viewOf(photo, place, epoch)
      const which = view.kind === 'bank' ? `${view.seed}:${view.photo}:${view.view}` : view.kind
      return `${this.hashes.get(photo.path)!} ${which}`
    }
    const isThere = (place: number) =>
      fixed && (this.kept.has(keyOf(place)) || (this.options.store?.has(keyOf(place)) ?? false))
    const absentAtStart = new Set(order.filter((place) => !isThere(place)))
    const jobs = [...absentAtStart].map((place) => ({
      path: photos[place]!.path,
      view: this.viewOf(photos[place]!, place, epoch),
    }))
    const views = this.options.workers.views(jobs, { keep: !fixed, ...(signal && { signal }) })
    try {
      for (let from = 0; from < order.length; from += batch) {
        const places = order.slice(from, from + batch)
        const absent = places.filter((place) => absentAtStart.has(place))
        const pixels: Uint8Array[] = []
        for (let i = 0; i < absent.length; i += 1) {
          const { value, done } = await views.next()
          if (done) throw new Error('the workers gave too few photos')
          if ('error' in value) throw value.error
          pixels.push(value.pixels)
        }
        const computed = this.compute(pixels)
        const rowOf = new Map(absent.map((place, i) => [place, computed[i]!]))
        const rows: Float32Array[] = []
        for (const place of places) {
          const key = fixed ? keyOf(place) : ''
          const row = rowOf.get(place) ?? this.kept.get(key) ?? (await this.stored(key))
          rows.push(row)
          if (fixed) await this.remember(key, row)
        }
        yield { x: stacked(rows, this.rowShape()), places }
      }
    } finally {
      await views.return()
    }
  }

  /** Runs the fixed part. @param pixels one [side, side, 3] a photo */
  private compute(pixels: readonly Uint8Array[]): Float32Array[] {
    const { model, preparation, prefix } = this.options
    const side = preparation.crop
    if (prefix === 0) {
      this.shape = [side, side, 3]
      return pixels.map((it) => {
        const row = new Float32Array(it.length)
        normalise(it, preparation, row)
        return row
      })
    }
    const rows: Float32Array[] = []
    for (let from = 0; from < pixels.length; from += chunk) {
      const part = pixels.slice(from, from + chunk)
      const x = photoBatch(part, preparation, chunk)
      const y = model.infer(x, { to: prefix })
      x.dispose()
      this.shape = y.shape.slice(1)
      const values = y.dataSync() as Float32Array
      y.dispose()
      const row = values.length / chunk
      part.forEach((_, i) => rows.push(values.slice(i * row, (i + 1) * row)))
    }
    return rows
  }

  /** Shape of the frozen part's output for one photo; where nothing has been computed yet, a blank one is. */
  private rowShape(): number[] {
    if (!this.shape) this.compute([new Uint8Array(this.options.preparation.crop ** 2 * 3)])
    return this.shape!
  }

  private async stored(key: string): Promise<Float32Array> {
    const length = this.rowShape().reduce((a, b) => a * b, 1)
    const row = await this.options.store?.get(key, length)
    if (!row) throw new Error('a row of features was lost')
    return row
  }

  private async remember(key: string, row: Float32Array): Promise<void> {
    if (!this.kept.has(key) && this.keptBytes + row.byteLength <= memoryLimit) {
      this.kept.set(key, row)
      this.keptBytes += row.byteLength
    }
    await this.options.store?.put(key, row)
  }

  private async identify(photos: readonly Photo[]): Promise<void> {
    for (const photo of photos) {
      if (this.hashes.has(photo.path)) continue
      // A photo that is gone gets its error where it is decoded.
      const hash = sha256Of(path.join(this.options.folder, photo.path)).catch(() => `gone:${photo.path}`)
      this.hashes.set(photo.path, await hash)
    }
  }
}

function stacked(rows: readonly Float32Array[], shape: readonly number[]): Tensor {
  const size = rows[0]!.length
  const values = new Float32Array(size * rows.length)
  rows.forEach((row, i) => values.set(row, i * size))
  return tf.tensor(values, [rows.length, ...shape], 'float32')
}
