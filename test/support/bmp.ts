/** Bitmaps byte by byte, for tests of the reader: header of 40 bytes, then masks or palette, then the pixels. */
export interface BmpParts {
  width: number
  /** Negative: the first row is the top one. */
  height: number
  bits: number
  compression?: number
  /** What stands between header and pixels: masks or palette. */
  table?: readonly number[]
  pixels: readonly number[]
}

const u16 = (value: number) => [value & 255, (value >> 8) & 255]
const u32 = (value: number) => [...u16(value & 0xffff), ...u16((value >>> 16) & 0xffff)]

export function bmp({ width, height, bits, compression = 0, table = [], pixels }: BmpParts): Buffer {
  const start = 54 + table.length
  const palette = bits <= 8 ? table.length / 4 : 0
  return Buffer.from([
    ...[0x42, 0x4d, ...u32(start + pixels.length), 0, 0, 0, 0, ...u32(start)],
    ...[...u32(40), ...u32(width), ...u32(height), ...u16(1), ...u16(bits), ...u32(compression)],
    ...[...u32(pixels.length), ...u32(2835), ...u32(2835), ...u32(palette), ...u32(0)],
    ...table,
    ...pixels,
  ])
}

/** Four colours as a palette: black, red, green, blue. */
export const fourColours = [0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]

export const masks565 = [...u32(0xf800), ...u32(0x07e0), ...u32(0x001f)]
