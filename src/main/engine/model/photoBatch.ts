import type { Preparation } from '../../../shared/preparation.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { normalise } from '../preprocess/normalise.ts'

/** How many numbers a batch of `size` photos is. */
export const numbersOf = ({ crop }: Pick<Preparation, 'crop'>, size: number): number => size * crop * crop * 3

/**
 * Views as a network takes them in. A batch that is always of the same size gives a photo the same bits whatever comes with it.
 * @param views [crop, crop, 3] of bytes each; a place without one is blank
 * @param size photos in the batch, filled up with blank ones
 * @param floats where the numbers lie, [size · crop · crop · 3]; may be given again once the tensor and all that was computed with it
 * have been read, and not before: TensorFlow may compute with that very memory
 * @returns float32 [size, crop, crop, 3], which the caller owns
 */
export function photoBatch(
  views: readonly (Uint8Array | undefined)[],
  preparation: Preparation,
  size: number,
  floats = new Float32Array(numbersOf(preparation, size)),
): Tensor {
  const { crop } = preparation
  const length = crop * crop * 3
  for (let i = 0; i < size; i += 1) {
    const own = floats.subarray(i * length, (i + 1) * length)
    const pixels = views[i]
    if (pixels) normalise(pixels, preparation, own)
    else own.fill(0)
  }
  return tf.tensor(floats, [size, crop, crop, 3], 'float32')
}
