import type { FileHandle } from 'node:fs/promises'
import { ThawError } from '../../../shared/errors.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
import { because } from '../../../shared/reasons.ts'
import { isRawName } from '../../../shared/photoFiles.ts'
import { isMisnamed, openToRead, readFully, systemCode } from '../files.ts'
import type { PhotoFormat } from './format.ts'
import { foreignFormat, headBytes, photoFormat } from './format.ts'
import { jpegInRaw } from './raw.ts'

/** No photo that can be decoded is larger; what is, would not fit into one buffer. */
const largestFile = 2 ** 31

const reasons: Record<string, ReasonCode> = {
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  EISDIR: 'is-a-folder',
  EIO: 'no-answer',
  EMFILE: 'too-many-open',
  ELOOP: 'circular-links',
  ENAMETOOLONG: 'name-too-long',
}

/** Nothing is found at this path. */
export const missingPhoto = (file: string, options?: ErrorOptions): ThawError =>
  new ThawError(isMisnamed(file) ? 'path.misnamed' : 'photo.missing', { file }, options)

/**
 * What a failed open or read of a photo, or of a folder of photos, means to a person. What is no failure of the system's
 * comes back as it is.
 */
export function readError(error: unknown, file: string): unknown {
  if (error instanceof ThawError) return error
  const code = systemCode(error)
  if (code === undefined) return error
  if (code === 'ENOENT' || code === 'ENOTDIR') return missingPhoto(file, { cause: error })
  return new ThawError('photo.unreadable', { file, reason: reasons[code] ?? code }, { cause: error })
}

export interface PhotoFile {
  /** The picture: the whole file, or the JPEG inside a RAW file. */
  bytes: Buffer
  format: PhotoFormat
  /** Of a RAW file all of it: what its hash and its EXIF are of. */
  raw?: Buffer
}

async function readWhole(handle: FileHandle, file: string, size: number): Promise<Buffer> {
  if (size > largestFile) throw new ThawError('photo.unreadable', { file, ...because('too-large') })
  const bytes = Buffer.allocUnsafeSlow(size)
  return bytes.subarray(0, await readFully(handle, bytes, 0))
}

async function readFrom(handle: FileHandle, file: string): Promise<PhotoFile> {
  const stat = await handle.stat()
  if (stat.isDirectory()) throw new ThawError('photo.unreadable', { file, ...because('is-a-folder') })
  if (!stat.isFile()) throw new ThawError('photo.not-a-photo', { file })
  if (stat.size === 0) throw new ThawError('photo.empty', { file })
  // A film named .jpg is refused by its first bytes, before gigabytes of it are read.
  const head = Buffer.alloc(Math.min(headBytes, stat.size))
  await readFully(handle, head, 0)
  const format = photoFormat(head)
  // Many are TIFF files, whose first picture is a thumbnail or the sensor's mosaic; what is a JPEG by any name is read as one.
  if (isRawName(file) && (format === undefined || format === 'tiff'))
    return { raw: await readWhole(handle, file, stat.size), bytes: await jpegInRaw(file), format: 'jpeg' }
  if (format === undefined) {
    const foreign = foreignFormat(head)
    throw foreign === undefined
      ? new ThawError('photo.not-a-photo', { file })
      : new ThawError('photo.unsupported', { file, format: foreign })
  }
  return { bytes: await readWhole(handle, file, stat.size), format }
}

/**
 * A photo's bytes and what they are.
 * @throws ThawError `photo.missing`, `path.misnamed`, `photo.unreadable`, `photo.empty`, `photo.not-a-photo`, `photo.unsupported`,
 * `photo.no-preview`, `photo.no-exiftool`
 */
export async function readPhotoFile(file: string): Promise<PhotoFile> {
  try {
    const handle = await openToRead(file)
    try {
      return await readFrom(handle, file)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw readError(error, file)
  }
}
