/**
 * Pillow's transform(size, AFFINE, matrix, resample, fillcolor=fill), after src/libImaging/Geometry.c. Of nearest neighbours there are
 * three ways there, with roundings of their own: upright pictures step in double, others in 16.16 fixed point where that reaches.
 */
import type { TurnInterpolation } from '../../../../shared/augmentation.ts'
import type { Pixels } from '../../photos/pixels.ts'
import type { Size } from '../resize.ts'

/** x = a·x' + b·y' + c, y = d·x' + e·y' + f: from a place in the result back to one in the picture. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

export type Colour = readonly [number, number, number]

/** COORD: whole numbers, with all that is below zero outside. */
const coordinate = (value: number): number => (value < 0 ? -1 : Math.trunc(value))
const within = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value))

/** Where in the picture each pixel of the result comes from: the number of a pixel, or −1 for none. */
type Source = (x: number, y: number) => number

const pixelAt = ({ width, height }: Size, x: number, y: number): number =>
  x >= 0 && x < width && y >= 0 && y < height ? y * width + x : -1

/** ImagingScaleAffine: coordinates are sums of steps, so that roundings add up as they do there. */
function upright(picture: Size, [a, , c, , e, f]: Matrix, size: Size): Source {
  const steps = (first: number, step: number, count: number) => {
    const indices = new Int32Array(count)
    let at = first
    for (let i = 0; i < count; i += 1) {
      indices[i] = coordinate(at)
      at += step
    }
    return indices
  }
  const across = steps(c + a * 0.5, a, size.width)
  const down = steps(f + e * 0.5, e, size.height)
  return (x, y) => pixelAt(picture, across[x]!, down[y]!)
}

/** affine_fixed */
function inFixedPoint(picture: Size, [a, b, c, d, e, f]: Matrix): Source {
  const fixed = (value: number) => Math.floor(value * 65536 + 0.5)
  const [fa, fb, fd, fe] = [fixed(a), fixed(b), fixed(d), fixed(e)]
  const fc = fixed(c + a * 0.5 + b * 0.5)
  const ff = fixed(f + d * 0.5 + e * 0.5)
  return (x, y) => pixelAt(picture, (fc + y * fb + x * fa) >> 16, (ff + y * fe + x * fd) >> 16)
}

/** The last part of ImagingTransformAffine, for what fixed point does not reach. */
function inFloatingPoint(picture: Size, [a, b, c, d, e, f]: Matrix): Source {
  const left = c + b * 0.5 + a * 0.5
  const top = f + e * 0.5 + d * 0.5
  return (x, y) => pixelAt(picture, coordinate(left + y * b + x * a), coordinate(top + y * e + x * d))
}

function nearest(picture: Size, matrix: Matrix, size: Size): Source {
  const [a, b, c, d, e, f] = matrix
  if (b === 0 && d === 0) return upright(picture, matrix, size)
  const reaches = [0, size.width].every((x) =>
    [0, size.height].every((y) => Math.abs(x * a + y * b + c) < 32768 && Math.abs(x * d + y * e + f) < 32768),
  )
  return reaches ? inFixedPoint(picture, matrix) : inFloatingPoint(picture, matrix)
}

/** Cuts off what is over, as C's conversion to a byte does. */
const toByte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value))

/** BICUBIC: through four values, `at` between the second and the third. */
function cubic(v1: number, v2: number, v3: number, v4: number, at: number): number {
  const p2 = -v1 + v3
  const p3 = 2 * (v1 - v2) + v3 - v4
  const p4 = -v1 + v2 - v3 + v4
  return v2 + at * (p2 + at * (p3 + at * p4))
}

/** Each channel of the place between pixels: `x` and `y` are whole, `dx` and `dy` what is over. Written to `to` of `out`. */
type Between = (
  picture: Pixels,
  x: number,
  y: number,
  dx: number,
  dy: number,
  out: Uint8Array,
  to: number,
) => void

const between: Record<Exclude<TurnInterpolation, 'nearest'>, Between> = {
  bilinear: ({ data, width, height }, x, y, dx, dy, out, to) => {
    const left = within(x, width) * 3
    const right = within(x + 1, width) * 3
    const above = within(y, height) * width * 3
    const below = within(y + 1, height) * width * 3
    for (let k = 0; k < 3; k += 1) {
      const first = data[above + left + k]!
      const second = data[below + left + k]!
      const upper = first + (data[above + right + k]! - first) * dx
      const lower = second + (data[below + right + k]! - second) * dx
      out[to + k] = toByte(upper + (lower - upper) * dy)
    }
  },
  bicubic: ({ data, width, height }, x, y, dx, dy, out, to) => {
    const columns = [within(x - 1, width), within(x, width), within(x + 1, width), within(x + 2, width)]
    const [c1, c2, c3, c4] = columns.map((column) => column * 3) as [number, number, number, number]
    for (let k = 0; k < 3; k += 1) {
      const row = (at: number) => {
        const from = within(at, height) * width * 3 + k
        return cubic(data[from + c1]!, data[from + c2]!, data[from + c3]!, data[from + c4]!, dx)
      }
      out[to + k] = toByte(cubic(row(y - 1), row(y), row(y + 1), row(y + 2), dy))
    }
  },
}

/** @param fill what stands where nothing of the picture comes to lie */
export function affine(
  picture: Pixels,
  matrix: Matrix,
  { width, height }: Size,
  interpolation: TurnInterpolation,
  fill: Colour,
): Pixels {
  const data = new Uint8Array(width * height * 3)
  const source = interpolation === 'nearest' ? nearest(picture, matrix, { width, height }) : undefined
  const value = interpolation === 'nearest' ? undefined : between[interpolation]
  const [a, b, c, d, e, f] = matrix
  for (let y = 0, to = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, to += 3) {
      if (source) {
        const from = source(x, y)
        for (let k = 0; k < 3; k += 1) data[to + k] = from < 0 ? fill[k]! : picture.data[from * 3 + k]!
        continue
      }
      const left = a * (x + 0.5) + b * (y + 0.5) + c
      const top = d * (x + 0.5) + e * (y + 0.5) + f
      if (left < 0 || left >= picture.width || top < 0 || top >= picture.height) {
        for (let k = 0; k < 3; k += 1) data[to + k] = fill[k]!
        continue
      }
      const column = Math.floor(left - 0.5)
      const row = Math.floor(top - 0.5)
      value!(picture, column, row, left - 0.5 - column, top - 0.5 - row, data, to)
    }
  return { data, width, height }
}
