/**
 * Windows bitmaps, which sharp's build does not read: all that Windows itself writes (1, 4, 8, 16, 24 and 32 bits a pixel,
 * palettes, bit masks, run-length coding), after Microsoft's description of BITMAPFILEHEADER and BITMAPINFOHEADER.
 */
import { ThawError } from '../../../shared/errors.ts'
import type { Admit, Pixels } from './pixels.ts'

/** Values of biCompression. 4 and 5 hold a JPEG or PNG for printers and are not photos on disk. */
const plain = 0
const runs8 = 1
const runs4 = 2
const masks = 3
const masksWithAlpha = 6

interface Header {
  width: number
  height: number
  /** The first row in the file is the top one; usually it is the bottom one. */
  topDown: boolean
  bits: number
  compression: number
  palette: Uint8Array
  /** Where the pixels begin. */
  start: number
  masks: [red: number, green: number, blue: number]
}

function readHeader(bytes: Buffer): Header | undefined {
  const size = bytes.readUInt32LE(14)
  // OS/2's first header, the only one with 16-bit sizes
  const short = size === 12
  if (!short && (size < 40 || size > 124)) return undefined
  const width = short ? bytes.readUInt16LE(18) : bytes.readInt32LE(18)
  const height = short ? bytes.readUInt16LE(20) : bytes.readInt32LE(22)
  const bits = bytes.readUInt16LE(short ? 24 : 28)
  const compression = short ? plain : bytes.readUInt32LE(30)
  const masked = compression === masks || compression === masksWithAlpha
  const maskBytes = masked && size === 40 ? (compression === masks ? 12 : 16) : 0
  const colours = (short ? 0 : bytes.readUInt32LE(46)) || (bits <= 8 ? 2 ** bits : 0)
  const paletteStart = 14 + size + maskBytes
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    palette: readPalette(bytes, paletteStart, bits <= 8 ? Math.min(colours, 256) : 0, short ? 3 : 4),
    start: bytes.readUInt32LE(10),
    masks: masked
      ? [bytes.readUInt32LE(54), bytes.readUInt32LE(58), bytes.readUInt32LE(62)]
      : bits === 16
        ? [0x7c00, 0x03e0, 0x001f]
        : [0xff0000, 0x00ff00, 0x0000ff],
  }
}

/** [256, 3]; what the file leaves out is black. */
function readPalette(bytes: Buffer, start: number, colours: number, stride: number): Uint8Array {
  const palette = new Uint8Array(256 * 3)
  for (let i = 0; i < colours; i += 1) {
    const at = start + i * stride
    palette[i * 3] = bytes.readUInt8(at + 2)
    palette[i * 3 + 1] = bytes.readUInt8(at + 1)
    palette[i * 3 + 2] = bytes.readUInt8(at)
  }
  return palette
}

/** Palette indices of a run-length coded bitmap, [height, width], in the file's order of rows; undefined if it ends early. */
function expandRuns(bytes: Buffer, { start, width, height, compression }: Header): Uint8Array | undefined {
  const indices = new Uint8Array(width * height)
  const perByte = compression === runs4 ? 2 : 1
  const indexAt = (from: number, i: number) => {
    const byte = bytes[from + Math.floor(i / perByte)]!
    if (perByte === 1) return byte
    return i % 2 === 0 ? byte >> 4 : byte & 15
  }
  let x = 0
  let y = 0
  const put = (value: number) => {
    if (x < width && y < height) indices[y * width + x] = value
    x += 1
  }
  for (let at = start; at + 1 < bytes.length;) {
    const count = bytes[at]!
    const value = bytes[at + 1]!
    at += 2
    if (count > 0) {
      for (let i = 0; i < count; i += 1) put(indexAt(at - 1, i % perByte))
    } else if (value === 0) {
      x = 0
      y += 1
    } else if (value === 1) {
      return indices
    } else if (value === 2) {
      x += bytes[at] ?? 0
      y += bytes[at + 1] ?? 0
      at += 2
    } else {
      const length = Math.ceil(value / perByte)
      if (at + length > bytes.length) return undefined
      for (let i = 0; i < value; i += 1) put(indexAt(at, i))
      at += length + (length % 2)
    }
  }
  // some writers leave the end marker out
  return y >= height - 1 ? indices : undefined
}

/** How a masked colour becomes a byte: shifted down, then spread over 0–255, rounded down as Pillow does. */
function channel(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0
  const shift = 31 - Math.clz32(mask & -mask)
  const largest = mask >>> shift
  return (pixel) => Math.floor((((pixel & mask) >>> shift) * 255) / largest)
}

/** Writes row `y` of the picture from the row of the file that begins at `from`. */
function rowReader(bytes: Buffer, header: Header, rgb: Uint8Array): (y: number, from: number) => void {
  const { width, bits, palette } = header
  if (bits <= 8) {
    const perByte = 8 / bits
    return (y, from) => {
      for (let x = 0; x < width; x += 1) {
        const byte = bytes[from + Math.floor(x / perByte)]!
        const index = (byte >> (8 - bits * ((x % perByte) + 1))) & (2 ** bits - 1)
        rgb.set(palette.subarray(index * 3, index * 3 + 3), (y * width + x) * 3)
      }
    }
  }
  const size = bits / 8
  const [red, green, blue] = header.masks.map(channel) as [
    (pixel: number) => number,
    (pixel: number) => number,
    (pixel: number) => number,
  ]
  return (y, from) => {
    for (let x = 0; x < width; x += 1) {
      const pixel = bytes.readUIntLE(from + x * size, size)
      const to = (y * width + x) * 3
      rgb[to] = red(pixel)
      rgb[to + 1] = green(pixel)
      rgb[to + 2] = blue(pixel)
    }
  }
}

/**
 * @throws ThawError `photo.truncated`, `photo.damaged`, `photo.unsupported`
 */
export async function decodeBmp(bytes: Buffer, file: string, admit: Admit): Promise<Pixels> {
  let header: Header | undefined
  try {
    header = readHeader(bytes)
  } catch (error) {
    // the only failure there is: a read past the end
    throw new ThawError('photo.truncated', { file }, { cause: error })
  }
  if (header === undefined || header.width <= 0 || header.height === 0)
    throw new ThawError('photo.damaged', { file })
  const { width, height, bits, compression } = header
  const runs = (compression === runs8 && bits === 8) || (compression === runs4 && bits === 4)
  const masked = (compression === masks || compression === masksWithAlpha) && (bits === 16 || bits === 32)
  if (!runs && !masked && !(compression === plain && [1, 4, 8, 16, 24, 32].includes(bits)))
    throw new ThawError('photo.unsupported', { file, format: `BMP, ${bits} bits, method ${compression}` })
  await admit(width, height)

  const stride = runs ? width : Math.ceil((width * bits) / 32) * 4
  // the last row's padding may be missing without harm
  const needed = header.start + stride * (height - 1) + Math.ceil((width * bits) / 8)
  const source = runs ? expandRuns(bytes, header) : bytes
  if (source === undefined || (!runs && needed > bytes.length))
    throw new ThawError('photo.truncated', { file })
  const rgb = new Uint8Array(width * height * 3)
  const flat = runs ? { ...header, bits: 8, start: 0 } : header
  const readRow = rowReader(Buffer.from(source.buffer, source.byteOffset, source.length), flat, rgb)
  for (let y = 0; y < height; y += 1) readRow(header.topDown ? y : height - 1 - y, flat.start + y * stride)
  return { data: rgb, width, height }
}
