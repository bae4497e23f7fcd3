/** Cells of a photo's middle square across and down whose mean colours are kept of it: enough to tell a face from a wall. */
export const colourCells = 6

/** Bytes before the pixels: 14 of the file, 40 of BITMAPINFOHEADER. */
const head = 54
/** Bytes of a row of pixels, which is filled up to a multiple of four. */
const stride = Math.ceil((3 * colourCells) / 4) * 4

const fileHead = (): DataView => {
  const view = new DataView(new ArrayBuffer(head + stride * colourCells))
  view.setUint16(0, 0x4d42, true)
  view.setUint32(2, view.byteLength, true)
  view.setUint32(10, head, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, colourCells, true)
  view.setInt32(22, colourCells, true)
  view.setUint16(26, 1, true)
  view.setUint16(28, 24, true)
  return view
}

/**
 * The address of a picture of a photo's colours: a BMP, which costs nothing to write and next to nothing to decode. Undefined where these are
 * no colours.
 * @param colours as photos/colours.ts makes them
 */
export function pictureOfColours(colours: string): string | undefined {
  const packed = atob(colours)
  if (packed.length !== 2 * colourCells ** 2) return undefined
  const file = fileHead()
  for (let cell = 0; cell < colourCells ** 2; cell += 1) {
    const colour = packed.charCodeAt(2 * cell) | (packed.charCodeAt(2 * cell + 1) << 8)
    // A BMP has its last row first, and blue first.
    const row = colourCells - 1 - Math.floor(cell / colourCells)
    const at = head + row * stride + 3 * (cell % colourCells)
    file.setUint8(at, Math.round(((colour & 31) * 255) / 31))
    file.setUint8(at + 1, Math.round((((colour >> 5) & 63) * 255) / 63))
    file.setUint8(at + 2, Math.round(((colour >> 11) * 255) / 31))
  }
  return `data:image/bmp;base64,${btoa(String.fromCharCode(...new Uint8Array(file.buffer)))}`
}
