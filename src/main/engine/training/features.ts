import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Photo } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { prefixChunk } from '../../../shared/model/cost.ts'
import type { Augmentation, Preparation } from '../../../shared/preparation.ts'
import { viewsOf } from '../../../shared/preparation.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Model } from '../model/network.ts'
import { sha256Of } from '../checksum.ts'
import { photoBatch } from '../model/photoBatch.ts'
import { normalise } from '../preprocess/normalise.ts'
import type { ViewRequest } from '../preprocess/workers/tasks.ts'
import type { View, ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import type { FeatureStore } from './featureStore.ts'

/**
 * The frozen part is always computed for this many photos at once, filled up with blank ones: so a photo's features are the
 * same bits whichever batch it is in, and whether they were kept from before or not. Feature maps are large; linear layers
 * are bound by reading their weights, and take more photos at once.
 */
const mapsAtOnce = prefixChunk
export const rowsAtOnce = 32

export interface FeatureOptions {
  model: Model
  workers: ViewWorkers
  preparation: Preparation
  augmentation: Augmentation
  seed: number
  split: Photo['split']
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
  /** The photos' places in their split. */
  places: number[]
  /** Further photos that are computed. */
  ahead: number
}

/** Feeds the part of the network that is not fixed with one split's photos: photos in, the fixed part's output out. */
export class Features {
  private readonly options: FeatureOptions
  private readonly kept = new Map<string, Float32Array>()
  private keptBytes = 0
  /** Photo's path → SHA-256 of its bytes. */
  private readonly hashes = new Map<string, string>()
  /** Shape of one row, once known. */
  private shape: number[] | null = null
  /** Photos that are computed and not yet in a batch. */
  private ahead = 0

  constructor(options: FeatureOptions) {
    this.options = options
  }

  /** Whether features are the same every epoch, so that they are computed once. */
  get isFixed(): boolean {
    const { keep, split, prefix, augmentation } = this.options
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
   * @throws ThawError photo.*, cancelled
   */
  async *batches(
    photos: readonly Photo[],
    order: readonly number[],
    { epoch, batch, signal }: { epoch: number; batch: number; signal?: AbortSignal },
  ): AsyncGenerator<Batch> {
    const fixed = this.isFixed
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
    const computed = this.computed(views, signal)
    this.ahead = 0
    try {
      for (let from = 0; from < order.length; from += batch) {
        const places = order.slice(from, from + batch)
        const rows: Float32Array[] = []
        for (const place of places) {
          const key = fixed ? keyOf(place) : ''
          const row = absentAtStart.has(place)
            ? await this.nextOf(computed)
            : (this.kept.get(key) ?? (await this.stored(key)))
          rows.push(row)
          if (fixed) await this.remember(key, row)
        }
        yield { x: stacked(rows, this.rowShape()), places, ahead: this.ahead }
      }
    } finally {
      await computed.return()
    }
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
    views: AsyncGenerator<View, void>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Float32Array, void> {
    const { prefix, preparation, model } = this.options
    if (prefix === 0) {
      const side = preparation.crop
      this.shape = [side, side, 3]
      for await (const view of views) yield normalised(pixelsOf(view), preparation)
      return
    }
    let waiting: Tensor[] = []
    const ready = () => {
      const rows = this.rows(waiting)
      waiting = []
      this.ahead = rows.length
      return rows
    }
    try {
      for await (const part of grouped(views, mapsAtOnce)) {
        // Gives a request to stop its turn: the computation itself blocks the process.
        await nextTurn()
        if (signal?.aborted) throw new ThawError('cancelled')
        waiting.push(this.maps(part.map(pixelsOf)))
        const count = waiting.reduce((sum, { shape }) => sum + shape[0], 0)
        if (count < rowsAtOnce && prefix > model.flatFrom && part.length === mapsAtOnce) continue
        yield* ready()
      }
      if (waiting.length > 0) yield* ready()
    } finally {
      tf.dispose(waiting)
    }
  }

  /** The fixed part of the network up to where feature maps are flattened. @param pixels at most `mapsAtOnce` */
  private maps(pixels: readonly Uint8Array[]): Tensor {
    const { model, preparation, prefix } = this.options
    return tf.tidy(() => {
      const x = photoBatch(pixels, preparation, mapsAtOnce)
      const y = model.infer(x, { to: Math.min(prefix, model.flatFrom) })
      return tf.slice(y, [0], [pixels.length])
    })
  }

  /** What follows the flattening. @param parts together at most `rowsAtOnce`; taken away */
  private rows(parts: Tensor[]): Float32Array[] {
    const { model, prefix } = this.options
    const count = parts.reduce((sum, { shape }) => sum + shape[0], 0)
    const y = tf.tidy(() => {
      const x = tf.concat(parts)
      if (prefix <= model.flatFrom) return x
      const full = tf.pad(x, [
        [0, rowsAtOnce - count],
        [0, 0],
      ])
      return model.infer(full, { from: model.flatFrom, to: prefix })
    })
    tf.dispose(parts)
    this.shape = y.shape.slice(1)
    const values = y.dataSync() as Float32Array
    y.dispose()
    const size = this.shape.reduce((a, b) => a * b, 1)
    return Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size))
  }

  /** Shape of the frozen part's output for one photo; where nothing has been computed yet, a blank one is. */
  private rowShape(): number[] {
    if (!this.shape) this.rows([this.maps([new Uint8Array(this.options.preparation.crop ** 2 * 3)])])
    return this.shape!
  }

  private async stored(key: string): Promise<Float32Array> {
    const length = this.rowShape().reduce((a, b) => a * b, 1)
    const row = await this.options.store?.get(key, length)
    if (!row) throw new Error('a row of features was lost')
    return row
  }

  private async remember(key: string, row: Float32Array): Promise<void> {
    if (!this.kept.has(key) && this.keptBytes + row.byteLength <= this.options.memory) {
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

function pixelsOf(view: View): Uint8Array {
  if ('error' in view) throw view.error
  return view.pixels
}

function normalised(pixels: Uint8Array, preparation: Preparation): Float32Array {
  const row = new Float32Array(pixels.length)
  normalise(pixels, preparation, row)
  return row
}

/** The items in groups of `size`; the last may be smaller. */
async function* grouped<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[], void> {
  let group: T[] = []
  for await (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

function stacked(rows: readonly Float32Array[], shape: readonly number[]): Tensor {
  const size = rows[0]!.length
  const values = new Float32Array(size * rows.length)
  rows.forEach((row, i) => values.set(row, i * size))
  return tf.tensor(values, [rows.length, ...shape], 'float32')
}
