import type { TurnInterpolation } from '../../../../shared/augmentation.ts'
import type { Pixels } from '../../photos/pixels.ts'
import type { Size } from '../resize.ts'
import { affine } from './affine.ts'
import type { Colour, Matrix } from './affine.ts'

/** Python's round(value, 15). */
const rounded = (value: number): number => Number(value.toFixed(15))

const moved = ([a, b, c, d, e, f]: Matrix, x: number, y: number): [number, number] => [
  a * x + b * y + c,
  d * x + e * y + f,
]

/** By a quarter or half turn no pixel is computed. `source`: which pixel of the picture comes to (x, y). */
function transposed(
  picture: Pixels,
  { width, height }: Size,
  source: (x: number, y: number) => number,
): Pixels {
  const data = new Uint8Array(picture.data.length)
  for (let y = 0, to = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, to += 3) {
      const from = source(x, y) * 3
      for (let channel = 0; channel < 3; channel += 1) data[to + channel] = picture.data[from + channel]!
    }
  return { data, width, height }
}

/** Quarter turns, where Pillow takes its fast ways. */
function byQuarters(picture: Pixels, angle: number, expand: boolean): Pixels | undefined {
  const { width, height } = picture
  if (angle === 0) return picture
  if (angle === 180) return transposed(picture, picture, (x, y) => width * height - 1 - (y * width + x))
  if (!expand && width !== height) return undefined
  const turned = { width: height, height: width }
  if (angle === 90) return transposed(picture, turned, (x, y) => x * width + (width - 1 - y))
  if (angle === 270) return transposed(picture, turned, (x, y) => (height - 1 - x) * width + y)
  return undefined
}

export interface Turn {
  /** Degrees, counter-clockwise. */
  angle: number
  interpolation: TurnInterpolation
  /** Whether the result grows so that the whole picture is in it. */
  expand: boolean
  /** null: the middle of the picture. */
  center: readonly [number, number] | null
  fill: Colour
}

/** Pillow's Image.rotate (src/PIL/Image.py). */
export function rotate(picture: Pixels, { angle, interpolation, expand, center, fill }: Turn): Pixels {
  const degrees = ((angle % 360) + 360) % 360
  const quarter = center ? undefined : byQuarters(picture, degrees, expand)
  if (quarter) return quarter
  const { width, height } = picture
  const [cx, cy] = center ?? [width / 2, height / 2]
  const radians = -(degrees * (Math.PI / 180))
  const cos = rounded(Math.cos(radians))
  const sin = rounded(Math.sin(radians))
  const turn: Matrix = [cos, sin, 0, -sin, cos, 0]
  const [left, top] = moved(turn, -cx, -cy)
  const matrix: Matrix = [cos, sin, left + cx, -sin, cos, top + cy]
  if (!expand) return affine(picture, matrix, { width, height }, interpolation, fill)
  const corners = (
    [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ] as const
  ).map(([x, y]) => moved(matrix, x, y))
  const span = (values: number[]) => Math.ceil(Math.max(...values)) - Math.floor(Math.min(...values))
  const size = { width: span(corners.map(([x]) => x)), height: span(corners.map(([, y]) => y)) }
  const [x, y] = moved(matrix, -(size.width - width) / 2, -(size.height - height) / 2)
  return affine(picture, [cos, sin, x, -sin, cos, y], size, interpolation, fill)
}
