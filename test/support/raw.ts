/** A RAW file as cameras write them: a TIFF whose first picture is small, with the camera's JPEG in a directory below it. */
import { Buffer } from 'node:buffer'

interface RawOptions {
  /** The camera's JPEG, which NEF files keep as ExifTool's JpgFromRaw; without it there is only the small picture. */
  jpeg?: Buffer
  /** In place of the small picture, as DNG files keep it: ExifTool's PreviewImage. */
  preview?: Buffer
  orientation?: number
  model?: string
  /** As EXIF has it: `2026:11:25 14:03:59`. */
  taken?: string
}

/** Tag, type (2 text, 3 short, 4 long, as TIFF 6.0 numbers them) and value. */
type Entry = [tag: number, type: 2 | 3 | 4, value: number | string]

/** A directory at a place of the file; what does not fit into an entry follows it. */
function directory(at: number, entries: readonly Entry[]): Buffer {
  const head = Buffer.alloc(2 + entries.length * 12 + 4)
  head.writeUInt16LE(entries.length, 0)
  const texts: Buffer[] = []
  let behind = at + head.length
  entries.forEach(([tag, type, value], i) => {
    const index = 2 + i * 12
    head.writeUInt16LE(tag, index)
    head.writeUInt16LE(type, index + 2)
    if (typeof value === 'number') {
      head.writeUInt32LE(1, index + 4)
      head.writeUInt32LE(value, index + 8)
      return
    }
    const text = Buffer.from(`${value}\0`.padEnd(6, '\0'), 'latin1')
    head.writeUInt32LE(text.length, index + 4)
    head.writeUInt32LE(behind, index + 8)
    texts.push(text)
    behind += text.length
  })
  return Buffer.concat([head, ...texts])
}

const [width, height] = [8, 6]

/** @returns the bytes of a file that ExifTool and cameras call NEF */
export function rawFile({
  jpeg,
  preview,
  orientation = 1,
  model = 'NIKON D750',
  taken,
}: RawOptions = {}): Buffer {
  const mosaic = preview ?? Buffer.alloc(width * height * 3, 90)
  const pixelsAt = 8
  const exifAt = pixelsAt + mosaic.length
  const exif = directory(exifAt, taken === undefined ? [] : [[0x9003, 2, taken]])
  const jpegAt = exifAt + exif.length
  const inner = jpeg ?? Buffer.alloc(0)
  const subAt = jpegAt + inner.length
  const sub = directory(subAt, [
    [0x00fe, 4, 1],
    [0x0103, 3, 6],
    [0x0201, 4, jpegAt],
    [0x0202, 4, inner.length],
  ])
  const firstAt = subAt + (jpeg ? sub.length : 0)
  const first = directory(firstAt, [
    [0x00fe, 4, 1],
    [0x0100, 4, width],
    [0x0101, 4, height],
    [0x0102, 3, 8],
    [0x0103, 3, preview ? 7 : 1],
    [0x0106, 3, 2],
    [0x010f, 2, 'NIKON CORPORATION'],
    [0x0110, 2, model],
    [0x0111, 4, pixelsAt],
    [0x0112, 3, orientation],
    [0x0115, 3, 3],
    [0x0116, 4, height],
    [0x0117, 4, mosaic.length],
    ...(jpeg ? ([[0x014a, 4, subAt]] as const) : []),
    [0x8769, 4, exifAt],
  ] as Entry[])
  const head = Buffer.from('49492a0000000000', 'hex')
  head.writeUInt32LE(firstAt, 4)
  return Buffer.concat([head, mosaic, exif, inner, ...(jpeg ? [sub] : []), first])
}
