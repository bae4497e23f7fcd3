import { hash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Sharp } from 'sharp'
import sharp from 'sharp'
import { coloursOf } from './colours.ts'
import { decodeBytes, decodingError, requireDecodable, strictness } from './decode.ts'
import type { PhotoFacts } from './facts.ts'
import { factsOf } from './facts.ts'
import type { PhotoFile } from './read.ts'
import { readPhotoFile } from './read.ts'
import { thumbnailFormat } from './thumbnail.ts'
import { upright, uprightSize } from './upright.ts'

/** What one look at a photo tells. */
export interface PhotoLook extends PhotoFacts {
  /** Upright. */
  width: number
  height: number
  /** SHA-256 of the file. */
  hash: string
  /** See {@link signatureOf}; absent where there is nothing to see. */
  signature?: string
  /** See {@link coloursOf}. */
  colours: string
}

export interface LookOptions {
  /** Where a thumbnail is to be put, and its largest side. */
  thumbnail?: { file: string; size: number } | undefined
  /** Is told how many bytes decoding is about to take. */
  reserve?: (bytes: number) => Promise<void>
}

interface Small {
  data: Buffer
  width: number
  height: number
}

/** Pixels: large enough for a thumbnail and for what is compared. */
const lookedAt = 192
const cells = 8

/** A difference of brightness below this is noise of the compression. */
const noise = 3

/**
 * Mean brightness (Rec. 601's luma) of w × h cells. Whole pixels fall to the cell of their middle: cells are many pixels wide, and of a
 * photo that is smaller than its cells the next pixel stands for an empty one. Counted here, since two more runs of libvips would take
 * half as long as decoding the photo.
 */
function cellsOf({ data, width, height }: Small, w: number, h: number): Float64Array {
  const sums = new Float64Array(w * h)
  const counts = new Uint32Array(w * h)
  const columnOf = Uint16Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * w) / width))
  const add = (cell: number, at: number) => {
    sums[cell]! += 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!
    counts[cell]! += 1
  }
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = Math.floor(((y + 0.5) * h) / height) * w
    for (let x = 0; x < width; x += 1, at += 3) add(row + columnOf[x]!, at)
  }
  for (let cell = 0; cell < sums.length; cell += 1)
    if (counts[cell] === 0) {
      const x = Math.min(width - 1, Math.floor((((cell % w) + 0.5) * width) / w))
      const y = Math.min(height - 1, Math.floor(((Math.floor(cell / w) + 0.5) * height) / h))
      add(cell, (y * width + x) * 3)
    }
  return sums.map((sum, cell) => sum / counts[cell]!)
}

/**
 * 128 bits that near-duplicates share but for a few: whether the photo gets brighter from one of 9 × 8 and 8 × 9 cells to the next
 * (dHash, in both directions). Undefined where hardly any cell differs: an even wall is no duplicate of another.
 */
function signatureOf(small: Small): string | undefined {
  const [across, down] = [cellsOf(small, cells + 1, cells), cellsOf(small, cells, cells + 1)]
  const bits = Buffer.alloc((cells * cells * 2) / 8)
  let seen = 0
  const set = (bit: number, difference: number) => {
    if (difference > 0) bits[bit >> 3]! |= 1 << (bit & 7)
    if (Math.abs(difference) >= noise) seen += 1
  }
  for (let y = 0; y < cells; y += 1)
    for (let x = 0; x < cells; x += 1) {
      const bit = y * cells + x
      const at = y * (cells + 1) + x
      set(bit, across[at + 1]! - across[at]!)
      set(cells * cells + bit, down[bit + cells]! - down[bit]!)
    }
  return seen < cells * 2 ? undefined : bits.toString('hex')
}

/** The photo small and upright, every line of it decoded, and its own size. JPEGs are shrunk while they are decoded. */
async function smallOf(
  photo: PhotoFile,
  file: string,
  options: LookOptions,
): Promise<Small & { full: { width: number; height: number } }> {
  const admit = async (width: number, height: number, bytes: number) => {
    requireDecodable(file, width, height)
    await options.reserve?.(bytes + photo.bytes.length)
  }
  const fitted = async (image: Sharp) => {
    const { data, info } = await image
      .resize(lookedAt, lookedAt, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height }
  }
  if (photo.format === 'heic' || photo.format === 'bmp') {
    const full = await decodeBytes(photo, file, (w, h) => admit(w, h, w * h * 6))
    const { data, width, height } = full
    return {
      ...(await fitted(sharp(data, { raw: { width, height, channels: 3 } }))),
      full: { width, height },
    }
  }
  try {
    const image = sharp(photo.bytes, { failOn: strictness(photo.format), limitInputPixels: false })
    const metadata = await image.metadata()
    const { width, height } = metadata
    await admit(width, height, photo.format === 'jpeg' ? width * height : width * height * 6)
    const small = await fitted(upright(image, metadata))
    return { ...small, full: uprightSize(metadata) }
  } catch (error) {
    throw decodingError(error, photo, file)
  }
}

/**
 * Without waiting for the disk: an empty or missing thumbnail is made again. In one go, since this is a thread that does nothing else, and
 * three small works handed to other threads would take longer than they themselves.
 */
async function keep(file: string, { data, width, height }: Small): Promise<void> {
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg(thumbnailFormat)
    .toBuffer()
  const part = `${file}.${process.pid}.part`
  try {
    writeFileSync(part, jpeg)
  } catch {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(part, jpeg)
  }
  renameSync(part, file)
}

/**
 * Everything that browsing needs to know of a photo, by reading and decoding it once: whether it is sound, its size, hash, EXIF and
 * keywords, what near-duplicates are found by, its colours, and if asked its thumbnail.
 * @throws ThawError as decodePhoto
 */
export async function lookAt(file: string, options: LookOptions = {}): Promise<PhotoLook> {
  const photo = await readPhotoFile(file)
  const small = await smallOf(photo, file, options)
  const signature = signatureOf(small)
  // A disk that is full is no fault of the photo's.
  if (options.thumbnail) await keep(options.thumbnail.file, small).catch(() => undefined)
  return {
    width: small.full.width,
    height: small.full.height,
    hash: hash('sha256', photo.raw ?? photo.bytes, 'hex'),
    ...(signature !== undefined && { signature }),
    colours: coloursOf(small),
    ...(await factsOf(file, photo)),
  }
}
