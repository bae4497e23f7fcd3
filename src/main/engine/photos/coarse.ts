import exifr from 'exifr'
import sharp from 'sharp'
import { coarseSide } from '../../../shared/photoFiles.ts'
import { openToRead, readFully } from '../files.ts'
import { orientationOf, turned, uprightSize } from './upright.ts'

/** Bytes: EXIF is one segment of at most 64 KiB, among the first. */
const headBytes = 128 * 1024

async function headOf(file: string): Promise<Buffer> {
  const handle = await openToRead(file)
  try {
    const head = Buffer.allocUnsafe(headBytes)
    return head.subarray(0, await readFully(handle, head, 0))
  } finally {
    await handle.close()
  }
}

/** The part of a small picture that has the photo's shape: cameras fill theirs up to 4:3 with black bars. */
function withoutBars(small: { width: number; height: number }, photo: { width: number; height: number }) {
  const width = Math.min(small.width, Math.round((small.height * photo.width) / photo.height))
  const height = Math.min(small.height, Math.round((small.width * photo.height) / photo.width))
  const [left, top] = [Math.floor((small.width - width) / 2), Math.floor((small.height - height) / 2)]
  return { left, top, width: Math.max(1, width), height: Math.max(1, height) }
}

/**
 * The small picture that a camera wrote into its JPEG, upright and {@link coarseSide} pixels long: there in a few milliseconds, where
 * the photo takes a hundred to decode. Undefined where there is none that can be read.
 */
export async function coarsePicture(file: string): Promise<Buffer | undefined> {
  try {
    const head = await headOf(file)
    const inside = await exifr.thumbnail(head)
    if (!inside) return undefined
    const [photo, small] = await Promise.all([
      sharp(head, { failOn: 'none' }).metadata(),
      sharp(inside).metadata(),
    ])
    const part = withoutBars(small, photo)
    const { data, info } = await sharp(inside).extract(part).raw().toBuffer({ resolveWithObject: true })
    const isWhole = part.width === small.width && part.height === small.height
    const isOfSize = Math.max(small.width, small.height) === coarseSide
    // As most cameras write it. It has been decoded: one that is broken is not shown.
    if (isWhole && isOfSize && orientationOf(photo) === 1) return Buffer.from(inside)
    const size = uprightSize(photo)
    const longer = size.width >= size.height ? { width: coarseSide } : { height: coarseSide }
    return await turned(sharp(data, { raw: info }), photo)
      .resize(longer)
      .jpeg()
      .toBuffer()
  } catch {
    return undefined
  }
}
