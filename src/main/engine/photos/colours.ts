import { colourCells } from '../../../shared/colours.ts'

/** The place in bytes and the width of each channel in RGB565, red first. */
const channels = [
  { shift: 11, bits: 5 },
  { shift: 5, bits: 6 },
  { shift: 0, bits: 5 },
] as const

/**
 * Mean colours of so many cells of the photo's middle square, each in 16 bits (RGB565, little-endian), row by row, as base64: what a grid
 * shows until it has the picture itself. A cell of a photo that is smaller than its cells takes the pixel it lies in.
 * @param pixels sRGB bytes [height, width, 3]
 */
export function coloursOf({
  data,
  width,
  height,
}: {
  data: Uint8Array
  width: number
  height: number
}): string {
  const side = Math.min(width, height)
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)]
  const spans = Array.from({ length: colourCells }, (_, cell) => {
    const from = Math.floor((cell * side) / colourCells)
    return { from, to: Math.max(from + 1, Math.floor(((cell + 1) * side) / colourCells)) }
  })
  const bytes = Buffer.alloc(2 * colourCells ** 2)
  spans.forEach((rows, down) =>
    spans.forEach((columns, across) => {
      const sums = [0, 0, 0]
      for (let y = rows.from; y < rows.to; y += 1)
        for (let x = columns.from, at = 3 * ((top + y) * width + left + x); x < columns.to; x += 1, at += 3)
          for (let c = 0; c < 3; c += 1) sums[c]! += data[at + c]!
      const count = 255 * (rows.to - rows.from) * (columns.to - columns.from)
      const packed = channels.reduce(
        (all, { shift, bits }, c) => all | (Math.round((sums[c]! / count) * (2 ** bits - 1)) << shift),
        0,
      )
      bytes.writeUInt16LE(packed, 2 * (down * colourCells + across))
    }),
  )
  return bytes.toString('base64')
}
