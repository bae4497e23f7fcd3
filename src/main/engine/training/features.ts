import type { Photo } from '../../../shared/dataset.ts'
import type { Augmentation, Preparation } from '../../../shared/preparation.ts'
import { viewsOf } from '../../../shared/preparation.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Model } from '../model/network.ts'
import { normalise } from '../preprocess/normalise.ts'
import type { ViewRequest } from '../preprocess/workers/tasks.ts'
import type { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'

/**
 * The frozen part is always computed for this many photos at once, filled up with blank ones: so a photo's features are the
 * same bits whichever batch it is in, and whether they were kept from before or not.
 */
const chunk = 8

/** What is kept of the frozen part's output, in bytes; beyond it features are computed anew each epoch. */
const keepLimit = 2 ** 31

export interface FeatureOptions {
  model: Model
  workers: ViewWorkers
  preparation: Preparation
  augmentation: Augmentation
  seed: number
  /** Number of steps of the frozen part. */
  prefix: number
  keep: boolean
}

/** Feeds the part of the network that is not fixed: photos in, the fixed part's output out. */
export class Features {
  private readonly options: FeatureOptions
  private readonly kept = new Map<string, Float32Array>()
  private keptBytes = 0

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
    const keyOf = (place: number) => {
      const view = this.viewOf(photos[place]!, place, epoch)
      return `${photos[place]!.path} ${view.kind === 'bank' ? view.view : view.kind}`
    }
    const missing = fixed ? order.filter((place) => !this.kept.has(keyOf(place))) : [...order]
    const jobs = missing.map((place) => ({
      path: photos[place]!.path,
      view: this.viewOf(photos[place]!, place, epoch),
    }))
    const views = this.options.workers.views(jobs, signal ? { signal } : {})
    try {
      for (let from = 0; from < order.length; from += batch) {
        const places = order.slice(from, from + batch)
        const absent = places.filter((place) => !fixed || !this.kept.has(keyOf(place)))
        const pixels: Uint8Array[] = []
        for (const _ of absent) {
          const { value, done } = await views.next()
          if (done) throw new Error('the workers gave too few photos')
          if ('error' in value) throw value.error
          pixels.push(value.pixels)
        }
        const computed = this.compute(pixels)
        const rowOf = new Map(absent.map((place, i) => [place, computed.rows[i]!]))
        if (fixed)
          for (const place of absent) {
            const row = rowOf.get(place)!
            if (this.keptBytes + row.byteLength > keepLimit) continue
            this.kept.set(keyOf(place), row)
            this.keptBytes += row.byteLength
          }
        const rows = places.map((place) => rowOf.get(place) ?? this.kept.get(keyOf(place))!)
        yield { x: stacked(rows, computed.shape ?? this.shape!), places }
      }
    } finally {
      await views.return()
    }
  }

  /** Shape of one row, once known. */
  private shape: number[] | null = null

  /** Runs the fixed part. @param pixels one [side, side, 3] a photo */
  private compute(pixels: readonly Uint8Array[]): { rows: Float32Array[]; shape: number[] | null } {
    const { model, preparation, prefix } = this.options
    const side = preparation.crop
    const size = side * side * 3
    const rows: Float32Array[] = []
    for (let from = 0; from < pixels.length; from += chunk) {
      const part = pixels.slice(from, from + chunk)
      const floats = new Float32Array(size * (prefix > 0 ? chunk : part.length))
      part.forEach((it, i) => normalise(it, preparation, floats.subarray(i * size, (i + 1) * size)))
      if (prefix === 0) {
        this.shape = [side, side, 3]
        part.forEach((_, i) => rows.push(floats.subarray(i * size, (i + 1) * size)))
        continue
      }
      const x = tf.tensor(floats, [chunk, side, side, 3], 'float32')
      const y = model.infer(x, { to: prefix })
      x.dispose()
      this.shape = y.shape.slice(1)
      const values = y.dataSync() as Float32Array
      y.dispose()
      const row = values.length / chunk
      part.forEach((_, i) => rows.push(values.slice(i * row, (i + 1) * row)))
    }
    return { rows, shape: this.shape }
  }
}

function stacked(rows: readonly Float32Array[], shape: readonly number[]): Tensor {
  const size = rows[0]!.length
  const values = new Float32Array(size * rows.length)
  rows.forEach((row, i) => values.set(row, i * size))
  return tf.tensor(values, [rows.length, ...shape], 'float32')
}
