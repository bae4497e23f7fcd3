import type { PhotoBox } from '../../../shared/dataset.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { plainError } from '../../../shared/errors.ts'
import type { Compute } from '../backend/compute.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { Model } from '../model/network.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { numbersOf, photoBatch } from '../model/photoBatch.ts'
import { giveBack } from '../photos/pixels.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'

export interface PhotoOutput {
  photo: string
  /** The network's raw output, [classes]. */
  logits: Float32Array
  /** Output of the penultimate layer, [channels]; only if asked for. */
  features?: Float32Array
  /** The logits of the photo's mirror image; only if asked for. */
  mirrored?: Float32Array
}
export type PhotoLogits = PhotoOutput | { photo: string; error: PlainError }

export interface LogitsOptions {
  features?: boolean
  mirrored?: boolean
  /** What is cut out of a photo first, by its path. */
  crops?: ReadonlyMap<string, PhotoBox> | undefined
}

/** Photos computed at once. */
const batch = 8

/**
 * The network's raw output for each photo (absolute path), in their order; one that cannot be read gets an error in its place.
 * @throws ThawError cancelled
 */
export async function* logitsOf(
  { kernels, environment }: Compute,
  { network, weights, preparation }: Pick<OpenedNetwork, 'network' | 'weights' | 'preparation'>,
  photos: readonly string[],
  signal?: AbortSignal,
  { features = false, mirrored = false, crops }: LogitsOptions = {},
): AsyncGenerator<PhotoLogits> {
  const model = new Model(network, weights, kernels)
  const workers = await ViewWorkers.open({ threads: environment.threads, lanes: 2, folder: '/', preparation })
  const views = workers.views(evaluationViews(photos, crops), signal ? { signal } : {})
  // One piece of memory for all batches, and each view's is given back: new ones make V8 go through the whole heap every fifty photos.
  const floats = new Float32Array(numbersOf(preparation, batch))
  try {
    for (let from = 0; from < photos.length; from += batch) {
      const part = photos.slice(from, from + batch)
      // Always a full batch, so that a photo's answer is the same bits whatever comes with it.
      const pixels: (Uint8Array | undefined)[] = []
      const errors = new Map<number, PlainError>()
      for (let i = 0; i < part.length; i += 1) {
        const { value, done } = await views.next()
        if (done) throw new Error('the workers gave too few photos')
        if ('error' in value) errors.set(i, plainError(value.error))
        pixels.push('error' in value ? undefined : value.pixels)
      }
      const x = photoBatch(pixels, preparation, batch, floats)
      for (const view of pixels) if (view) giveBack(view)
      const found = outputsOf(model, x, features)
      const flipped = mirrored ? outputsOf(model, tf.reverse(x, 2), false, true) : undefined
      x.dispose()
      for (const [i, photo] of part.entries()) {
        const error = errors.get(i)
        if (error) yield { photo, error }
        else
          yield {
            photo,
            logits: row(found.logits, i),
            ...(found.features && { features: row(found.features, i) }),
            ...(flipped && { mirrored: row(flipped.logits, i) }),
          }
      }
    }
  } finally {
    await views.return()
    await workers.close()
  }
}

function* evaluationViews(photos: readonly string[], crops: LogitsOptions['crops']) {
  for (const path of photos) yield { path, view: { kind: 'evaluation' } as const, crop: crops?.get(path) }
}

/** Of a matrix of `batch` rows. */
function row(matrix: Float32Array, i: number): Float32Array {
  const width = matrix.length / batch
  return matrix.slice(i * width, (i + 1) * width)
}

/** Logits [batch, classes], and the penultimate layer's output [batch, channels] on the way to them. */
function outputsOf(model: Model, x: Tensor, withFeatures: boolean, owned = false) {
  const cut = withFeatures ? model.penultimate.steps : 0
  const before = cut > 0 ? model.infer(x, { to: cut }) : undefined
  const y = before ? model.infer(before, { from: cut }) : model.infer(x)
  const features = before?.dataSync() as Float32Array | undefined
  const logits = y.dataSync() as Float32Array
  tf.dispose([y, ...(before ? [before] : []), ...(owned ? [x] : [])])
  return { logits, features }
}
