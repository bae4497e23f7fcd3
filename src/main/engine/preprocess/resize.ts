/**
 * Pillow's antialiased resize of 8-bit RGB, byte for byte, after its src/libImaging/Resample.c (the functions
 * precompute_coeffs, normalize_coeffs_8bpc and the two passes). torchvision's Resize and RandomResizedCrop call it for PIL
 * images, so every published accuracy of its weights was measured through this arithmetic; libvips rounds differently.
 *
 * Each output pixel is a weighted mean of the inputs under a filter that widens with the scale. Weights are rounded to 22
 * fractional bits; the horizontal pass comes first and is rounded to bytes before the vertical one.
 *
 * Pillow 13 makes the vertical pass first where that is less work, which moves some bytes of tall cuts by one. The weights
 * and the reference results come from the years before, and so does the order here.
 */
import type { Preparation } from '../../../shared/preparation.ts'
import type { Pixels } from '../photos/pixels.ts'
import type { Coefficients } from './resizePasses.ts'
import { resizePasses } from './resizePasses.ts'

type Interpolation = Preparation['interpolation']

export interface Size {
  width: number
  height: number
}

export interface Box extends Size {
  left: number
  top: number
}

/** PRECISION_BITS: 32 less 8 for the pixel and 2 for sums of weights above one (bicubic overshoots). */
const fractionalBits = 22

interface Filter {
  /** Inputs further away than this many (at scale 1) have no weight. */
  support: number
  weight: (distance: number) => number
}

export const filters: Record<Interpolation, Filter> = {
  bilinear: {
    support: 1,
    weight: (distance) => Math.max(0, 1 - Math.abs(distance)),
  },
  // Keys' cubic with a = −½ (Keys 1981), in Pillow's order of operations
  bicubic: {
    support: 2,
    weight: (distance) => {
      const a = -0.5
      const x = Math.abs(distance)
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
      if (x < 2) return (((x - 5) * x + 8) * x - 4) * a
      return 0
    },
  },
}

/** For outputs `from` … `from + count − 1` of `outputs`, made of `inputs`. */
function coefficients(
  inputs: number,
  outputs: number,
  from: number,
  count: number,
  { support, weight }: Filter,
): Coefficients {
  const scale = inputs / outputs
  const filterScale = Math.max(scale, 1)
  const reach = support * filterScale
  const taps = Math.ceil(reach) * 2 + 1
  const first = new Int32Array(count)
  const length = new Int32Array(count)
  const weights = new Int32Array(count * taps)
  const exact = new Float64Array(taps)
  for (let i = 0; i < count; i += 1) {
    const center = (from + i + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - reach + 0.5))
    const end = Math.min(inputs, Math.trunc(center + reach + 0.5))
    let sum = 0
    for (let x = start; x < end; x += 1) {
      const value = weight((x - center + 0.5) * (1 / filterScale))
      exact[x - start] = value
      sum += value
    }
    for (let x = 0; x < end - start; x += 1) {
      const value = (exact[x]! / sum) * 2 ** fractionalBits
      weights[i * taps + x] = Math.trunc(value + (value < 0 ? -0.5 : 0.5))
    }
    first[i] = start
    length[i] = end - start
  }
  return { first, length, weights, taps }
}

/**
 * Crops `box` out of the photo, resizes it to `size` and returns the part `window` of that: [window.height, window.width, 3].
 * As in torchvision's resized_crop the photo is cut first, so nothing outside the box is looked at. Only the window is
 * computed, which changes no byte of it, since each output pixel stands for itself.
 */
export function resizedCrop(
  photo: Pixels,
  box: Box,
  size: Size,
  window: Box,
  interpolation: Interpolation,
): Uint8Array<ArrayBuffer> {
  const filter = filters[interpolation]
  const across = coefficients(box.width, size.width, window.left, window.width, filter)
  const down = coefficients(box.height, size.height, window.top, window.height, filter)
  const firstRow = down.first[0]!
  const lastRow = down.first[window.height - 1]! + down.length[window.height - 1]!
  const stride = photo.width * 3
  const start = (box.top + firstRow) * stride + box.left * 3
  return resizePasses(photo.data.subarray(start), stride, lastRow - firstRow, across, down)
}
