import type { PlainError } from '../../../shared/errors.ts'
import { plainError } from '../../../shared/errors.ts'
import type { Compute } from '../backend/compute.ts'
import { tf } from '../backend/tf.ts'
import { Model } from '../model/network.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { photoBatch } from '../model/photoBatch.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'

export type PhotoLogits = { photo: string; logits: Float32Array } | { photo: string; error: PlainError }

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
): AsyncGenerator<PhotoLogits> {
  const model = new Model(network, weights, kernels)
  const workers = await ViewWorkers.open({ threads: environment.threads, folder: '/', preparation })
  const views = workers.views(
    photos.map((photo) => ({ path: photo, view: { kind: 'evaluation' } as const })),
    signal ? { signal } : {},
  )
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
      const x = photoBatch(pixels, preparation, batch)
      const y = model.infer(x)
      const logits = y.dataSync() as Float32Array
      tf.dispose([x, y])
      for (const [i, photo] of part.entries()) {
        const error = errors.get(i)
        if (error) yield { photo, error }
        else yield { photo, logits: logits.slice(i * network.classes, (i + 1) * network.classes) }
      }
    }
  } finally {
    await views.return()
    await workers.close()
  }
}
