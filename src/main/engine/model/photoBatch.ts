import type { Preparation } from '../../../shared/preparation.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { normalise } from '../preprocess/normalise.ts'

/**
 * Views as a network takes them in. A batch that is always of the same size gives a photo the same bits whatever comes with it.
 * @param views [crop, crop, 3] of bytes each; a place without one is blank
 * @param size photos in the batch, filled up with blank ones
 * @returns float32 [size, crop, crop, 3], which the caller owns
 */
export function photoBatch(
  views: readonly (Uint8Array | undefined)[],
  preparation: Preparation,
  size: number,
): Tensor {
  const { crop } = preparation
  const length = crop * crop * 3
  const floats = new Float32Array(size * length)
  views.forEach((pixels, i) => {
    if (pixels) normalise(pixels, preparation, floats.subarray(i * length, (i + 1) * length))
  })
  return tf.tensor(floats, [size, crop, crop, 3], 'float32')
}
