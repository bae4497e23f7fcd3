import type { Pixels } from '../../photos/pixels.ts'
import { roundHalfEven } from '../rounding.ts'
import { between, happens } from './kind.ts'
import type { Kind } from './kind.ts'

/** Weights of a normal distribution at whole distances, with the sum 1. */
function kernelOf(size: number, sigma: number): Float64Array {
  const reach = (size - 1) / 2
  const weights = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

/** Beyond an edge the picture is mirrored without the edge itself (torch's `reflect`), as often as it takes. */
function reflected(index: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const at = ((index % period) + period) % period
  return at < size ? at : period - at
}

/**
 * Along one direction: `outer` times `count` values that are `stride` apart, each a run of `inner` values that lie side by side, so that
 * memory is read in its order.
 */
function blurAlong(
  source: Float64Array,
  { outer, count, stride, inner }: { outer: number; count: number; stride: number; inner: number },
  kernel: Float64Array,
): Float64Array {
  const reach = (kernel.length - 1) / 2
  const indices = Int32Array.from(
    { length: count + 2 * reach },
    (_, i) => reflected(i - reach, count) * stride,
  )
  const out = new Float64Array(source.length)
  for (let line = 0; line < outer; line += 1)
    for (let i = 0; i < count; i += 1) {
      const to = line * count * stride + i * stride
      for (let tap = 0; tap < kernel.length; tap += 1) {
        const from = line * count * stride + indices[i + tap]!
        const weight = kernel[tap]!
        for (let k = 0; k < inner; k += 1) out[to + k] = out[to + k]! + weight * source[from + k]!
      }
    }
  return out
}

/** In float64, one direction after the other; torchvision's convolution is float32, so a level may differ by one. */
function blurred(
  { data, width, height }: Pixels,
  [across, down]: readonly [number, number],
  [sigmaAcross, sigmaDown]: readonly [number, number],
): Pixels {
  const row = width * 3
  const rows = { outer: height, count: width, stride: 3, inner: 3 }
  const columns = { outer: 1, count: height, stride: row, inner: row }
  const inRows = blurAlong(new Float64Array(data), rows, kernelOf(across, sigmaAcross))
  const inBoth = blurAlong(inRows, columns, kernelOf(down, sigmaDown))
  const out = new Uint8Array(data.length)
  for (let i = 0; i < out.length; i += 1) out[i] = roundHalfEven(inBoth[i]!)
  return { data: out, width, height }
}

export const gaussianBlur: Kind<'GaussianBlur'> = {
  draw: ({ kernel_size: size, sigma, p }, random) => {
    if (!happens(random, p)) return undefined
    const drawn = between(random, typeof sigma === 'number' ? [sigma, sigma] : sigma)
    return {
      name: 'GaussianBlur',
      kernel_size: typeof size === 'number' ? [size, size] : size,
      sigma: [drawn, drawn],
    }
  },
  apply: (picture, { kernel_size: size, sigma }) => blurred(picture, size, sigma),
}
