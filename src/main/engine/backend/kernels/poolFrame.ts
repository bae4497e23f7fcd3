import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import type { PoolWindow } from './kernels.ts'

/** Less than any number of a feature map, and still a number: −∞ would make NaN of a product with 0. */
const lowest = -3.4e38

/** The map with places around it that are never the largest; itself, as a copy, where there are none. */
export function framedForPool(x: Tensor, { padding }: PoolWindow): Tensor {
  if (padding === 0) return x.clone()
  const around: [number, number] = [padding, padding]
  return tf.pad(x, [[0, 0], around, around, [0, 0]], lowest)
}

/** A framed map's shape. */
export const framedShape = (
  [batch, height, width, channels]: number[],
  { padding }: PoolWindow,
): number[] => [batch!, height! + 2 * padding, width! + 2 * padding, channels!]

/** Takes the frame off a gradient, and the gradient away. */
export function unframed(dx: Tensor, inputShape: number[], { padding }: PoolWindow): Tensor {
  if (padding === 0) return dx
  const y = tf.slice(dx, [0, padding, padding, 0], inputShape)
  dx.dispose()
  return y
}
