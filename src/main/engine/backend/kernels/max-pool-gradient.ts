import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import { valuesOf } from './values.ts'

/**
 * Gives each window's gradient to the first of its largest numbers, as PyTorch and TensorFlow do. In plain JavaScript:
 * tf.js's own kernel is wrong on WebAssembly where the largest number is 0 or less.
 * @param dy [batch, height, width, channels] of the output; windows lie within the input
 */
export function maxPoolGradient(
  dy: Tensor,
  x: Tensor,
  { kernel, stride }: { kernel: number; stride: number },
): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number]
  const values = valuesOf(x)
  const gradients = valuesOf(dy)
  const result = new Float32Array(values.length)
  for (let n = 0; n < batch; n += 1)
    for (let row = 0; row < outHeight; row += 1)
      for (let column = 0; column < outWidth; column += 1) {
        const from = ((n * height + row * stride) * width + column * stride) * channels
        const out = ((n * outHeight + row) * outWidth + column) * channels
        for (let c = 0; c < channels; c += 1) {
          let largest = from + c
          for (let i = 0; i < kernel; i += 1)
            for (let j = 0; j < kernel; j += 1) {
              const at = from + (i * width + j) * channels + c
              if (values[at]! > values[largest]!) largest = at
            }
          result[largest]! += gradients[out + c]!
        }
      }
  return tf.tensor(result, x.shape, 'float32')
}
