import type { Pixels } from '../../photos/pixels.ts'

/** Pillow's convert("L"), ITU-R 601-2 luma in 16 bits (L24 in src/libImaging/Convert.c). [height, width] */
export function levels({ data }: Pixels): Uint8Array {
  const grey = new Uint8Array(data.length / 3)
  for (let i = 0, from = 0; i < grey.length; i += 1, from += 3)
    grey[i] = (data[from]! * 19595 + data[from + 1]! * 38470 + data[from + 2]! * 7471 + 0x8000) >> 16
  return grey
}

/** convert("L") and back: the same level in red, green and blue. [height, width, 3] */
export function greyOf(picture: Pixels): Uint8Array {
  const grey = levels(picture)
  const data = new Uint8Array(picture.data.length)
  for (let i = 0; i < data.length; i += 1) data[i] = grey[Math.trunc(i / 3)]!
  return data
}

/** ImageEnhance.Contrast's one level: the mean of convert("L"), rounded. */
export function meanLevel(picture: Pixels): number {
  const grey = levels(picture)
  let sum = 0
  for (const level of grey) sum += level
  return Math.trunc(sum / grey.length + 0.5)
}
