import { mix } from '../../../shared/random.ts'

/** A height in 0–1 for every place of the plane. */
export type Field = (x: number, y: number) => number

/** The grid of heights repeats after this many cells; a power of two. */
const period = 64

/** Random heights on a grid, smoothly joined (value noise). */
function octave(seed: number, size: number): Field {
  const heights = Float32Array.from({ length: period * period }, (_, i) => mix(seed ^ mix(i)) / 2 ** 32)
  const height = (i: number, j: number) => heights[(j & (period - 1)) * period + (i & (period - 1))]!
  return (x, y) => {
    const i = Math.floor(x / size)
    const j = Math.floor(y / size)
    const s = x / size - i
    const t = y / size - j
    const u = s * s * (3 - 2 * s)
    const v = t * t * (3 - 2 * t)
    const top = height(i, j) * (1 - u) + height(i + 1, j) * u
    const bottom = height(i, j + 1) * (1 - u) + height(i + 1, j + 1) * u
    return top * (1 - v) + bottom * v
  }
}

/** Clouds, moss, sand: grids of `size` pixels, half of it and a quarter, each half as high as the one before. */
export function clouds(seed: number, size: number): Field {
  const [coarse, middle, fine] = [octave(seed, size), octave(seed + 1, size / 2), octave(seed + 2, size / 4)]
  return (x, y) => (coarse(x, y) * 4 + middle(x, y) * 2 + fine(x, y)) / 7
}
