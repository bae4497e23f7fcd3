import type { Pixels } from '../../photos/pixels.ts'

const { fround } = Math

/** ImageFilter.SMOOTH: 1/13 for each neighbour, 5/13 for the pixel itself. */
const aside = fround(1 / 13)
const middle = fround(5 / 13)

/** Three neighbours weighted and added in float32. */
const three = (a: number, b: number, c: number, weight: number): number =>
  fround(fround(fround(a * aside) + fround(b * weight)) + fround(c * aside))

/**
 * Pillow's filter(SMOOTH), after ImagingFilter3x3 in src/libImaging/Filter.c: float32 in its order of sums, the row below first; the
 * outermost pixels stay as they are, and so does a picture of less than three rows or columns. [height, width, 3]
 */
export function smooth({ data, width, height }: Pixels): Uint8Array {
  // A Buffer's own slice would be a window onto the picture.
  const out = new Uint8Array(data)
  const row = width * 3
  for (let y = 1; y < height - 1; y += 1)
    for (let i = y * row + 3; i < (y + 1) * row - 3; i += 1) {
      let sum = fround(0.5 + three(data[i + row - 3]!, data[i + row]!, data[i + row + 3]!, aside))
      sum = fround(sum + three(data[i - 3]!, data[i]!, data[i + 3]!, middle))
      sum = fround(sum + three(data[i - row - 3]!, data[i - row]!, data[i - row + 3]!, aside))
      out[i] = Math.min(255, sum)
    }
  return out
}
