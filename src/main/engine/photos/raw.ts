import type { ExifTool } from 'exiftool-vendored'
import sharp from 'sharp'
import { ThawError } from '../../../shared/errors.ts'
import { photoFormat } from './format.ts'

/** Where cameras and developing programs put a picture of the photo into a RAW file, the largest first, as ExifTool names it. */
const previews = ['JpgFromRaw', 'PreviewImage'] as const

let tool: Promise<ExifTool> | undefined

/** ExifTool, loaded and started with the first RAW file: both take longer than reading one, and most folders have none. */
const started = (): Promise<ExifTool> =>
  (tool ??= import('exiftool-vendored').then(
    ({ ExifTool: Tool }) => new Tool({ maxProcs: 1, exiftoolArgs: ['-stay_open', 'True', '-@', '-'] }),
  ))

/** Ends ExifTool, if it runs: a thread that is to end must not keep it. */
export async function closeRawReader(): Promise<void> {
  const ending = tool
  tool = undefined
  await (await ending)?.end()
}

interface Inside {
  Orientation?: number
  JpgFromRaw?: string
  PreviewImage?: string
}

/** What ExifTool writes before a value that is no text. */
const encoded = 'base64:'

async function readInside(file: string): Promise<Inside> {
  const tags = [...previews, 'Orientation#'].map((tag) => `-${tag}`)
  try {
    return (await (await started()).readRaw(file, { readArgs: ['-b', ...tags] })) as unknown as Inside
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]!.slice(0, 200) : ''
    throw new ThawError('photo.no-exiftool', { file, reason }, { cause: error })
  }
}

/** EXIF that tells an orientation and nothing else: APP1 with one entry in its directory (EXIF 2.32, 4.6). */
function exifOf(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex')
  tiff.writeUInt16BE(orientation, 18)
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
  const head = Buffer.from('ffe10000', 'hex')
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** Most cameras tell only in the RAW file, and not in the JPEG within, how they were held. */
async function turned(jpeg: Buffer, orientation: number | undefined): Promise<Buffer> {
  if (orientation === undefined || orientation < 2 || orientation > 8) return jpeg
  const own = await sharp(jpeg, { failOn: 'none' })
    .metadata()
    .then((it) => it.orientation)
    .catch(() => undefined)
  if (own !== undefined) return jpeg
  return Buffer.concat([jpeg.subarray(0, 2), exifOf(orientation), jpeg.subarray(2)])
}

/**
 * The JPEG inside a RAW file: what its camera made of the photo, or a developing program. It is turned as the RAW file says.
 * @throws ThawError `photo.no-preview` if there is none, `photo.no-exiftool` if ExifTool cannot be started
 */
export async function jpegInRaw(file: string): Promise<Buffer> {
  const inside = await readInside(file)
  for (const name of previews) {
    const value = inside[name]
    if (typeof value !== 'string' || !value.startsWith(encoded)) continue
    const jpeg = Buffer.from(value.slice(encoded.length), 'base64')
    if (photoFormat(jpeg) === 'jpeg') return turned(jpeg, inside.Orientation)
  }
  throw new ThawError('photo.no-preview', { file })
}
