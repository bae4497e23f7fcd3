import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import { prefixChunk } from '../../../shared/model/cost.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { giveBack } from '../photos/pixels.ts'
import type { View } from '../preprocess/workers/viewWorkers.ts'
import type { Model } from './network.ts'
import { numbersOf, photoBatch } from './photoBatch.ts'

/**
 * The fixed part is always computed for this many photos at once, filled up with blank ones: so a photo's features are the
 * same bits whichever batch it is in, and whoever wants them. Feature maps are large; linear layers are bound by reading
 * their weights, and take more photos at once.
 */
const mapsAtOnce = prefixChunk
export const rowsAtOnce = 32

/** A photo's features, or why there are none. */
export type FeatureRow = { values: Float32Array } | { error: ThawError }

/** The first steps of a network, whose output is a fixed function of the photo: its features. */
export class FixedPart {
  private readonly model: Model
  private readonly preparation: Preparation
  private readonly steps: number
  /** Shape of one row, once known. */
  private shape: number[] | null = null
  /** One piece of memory for all batches: new ones make V8 go through the whole heap every fifty photos. */
  private readonly floats: Float32Array<ArrayBuffer>

  /** @param steps how many of the model's steps, at least one */
  constructor(model: Model, preparation: Preparation, steps: number) {
    this.model = model
    this.preparation = preparation
    this.steps = steps
    this.floats = new Float32Array(numbersOf(preparation, mapsAtOnce))
  }

  /**
   * The features of each view, in their order, as many together as are ready at a time. A photo that cannot be read is an
   * `error` in its place and ends nothing.
   * @param owned nobody else has the views, whose memory is given back once they are computed
   * @throws ThawError cancelled
   */
  async *rows(
    views: AsyncIterable<View>,
    signal: AbortSignal | undefined,
    { owned = false } = {},
  ): AsyncGenerator<FeatureRow[], void> {
    let maps: Tensor[] = []
    let waiting: View[] = []
    const ready = (): FeatureRow[] => {
      const values = this.finish(maps)
      const rows = waiting.map((view, i) => ('error' in view ? view : { values: values[i]! }))
      maps = []
      waiting = []
      return rows
    }
    try {
      for await (const part of grouped(views, mapsAtOnce)) {
        // Gives a request to stop its turn: the computation itself blocks the process.
        await nextTurn()
        if (signal?.aborted) throw new ThawError('cancelled')
        maps.push(this.maps(part.map((view) => ('error' in view ? undefined : view.pixels))))
        if (owned) for (const view of part) if ('pixels' in view) giveBack(view.pixels)
        waiting.push(...part)
        const goesOn = this.steps > this.model.flatFrom && part.length === mapsAtOnce
        if (goesOn && waiting.length < rowsAtOnce) continue
        yield ready()
      }
      if (waiting.length > 0) yield ready()
    } finally {
      tf.dispose(maps)
    }
  }

  /** Shape of one photo's features; where nothing has been computed yet, those of a blank one are. */
  rowShape(): number[] {
    if (!this.shape) this.finish([this.maps([undefined])])
    return this.shape!
  }

  /** The network up to where feature maps are flattened. @param pixels at most `mapsAtOnce` */
  private maps(pixels: readonly (Uint8Array | undefined)[]): Tensor {
    const { model, preparation, steps } = this
    const to = Math.min(steps, model.flatFrom)
    return tf.tidy(() => {
      // Without a layer the batch itself is kept until others are there.
      const x = photoBatch(pixels, preparation, mapsAtOnce, to > 0 ? this.floats : undefined)
      const y = model.infer(x, { to })
      return tf.slice(y, [0], [pixels.length])
    })
  }

  /** What follows the flattening. @param parts together at most `rowsAtOnce`; taken away */
  private finish(parts: Tensor[]): Float32Array[] {
    const { model, steps } = this
    const count = parts.reduce((sum, { shape }) => sum + shape[0], 0)
    const y = tf.tidy(() => {
      const x = tf.concat(parts)
      if (steps <= model.flatFrom) return x
      const full = tf.pad(x, [
        [0, rowsAtOnce - count],
        [0, 0],
      ])
      return model.infer(full, { from: model.flatFrom, to: steps })
    })
    tf.dispose(parts)
    this.shape = y.shape.slice(1)
    const values = y.dataSync() as Float32Array
    y.dispose()
    const size = this.shape.reduce((a, b) => a * b, 1)
    return Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size))
  }
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
