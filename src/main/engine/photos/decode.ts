import type { Sharp, SharpOptions } from 'sharp'
import sharp from 'sharp'
import { ThawError } from '../../../shared/errors.ts'
import { decodeBmp } from './bmp.ts'
import { isCutShort } from './cut.ts'
import { decodeHeic } from './heic.ts'
import type { Admit, Pixels } from './pixels.ts'
import { cmykToRgb, giveBack } from './pixels.ts'
import type { PhotoFile } from './read.ts'
import { readPhotoFile } from './read.ts'
import { upright } from './upright.ts'

/** Millions of pixels: above what any camera makes (200), below what 4 GB of memory can take. */
export const largestPhoto = 250

export interface DecodeOptions {
  /** Larger photos are refused before they are decoded. Default {@link largestPhoto}. */
  maxMegapixels?: number
  /** Is told how many bytes decoding is about to take, and may wait for others to give theirs back. */
  reserve?: (bytes: number) => Promise<void>
}

/**
 * Strictness of libvips. A TIFF that is cut short is only noticed at `error`; the other formats at `truncated`, which lets
 * pass what Pillow lets pass too (stray bytes, a missing end marker after the last pixel).
 */
export const strictness = (format: PhotoFile['format']): SharpOptions['failOn'] =>
  format === 'tiff' ? 'error' : 'truncated'

/** @throws ThawError `photo.too-large` */
export function requireDecodable(file: string, width: number, height: number, limit = largestPhoto): void {
  if (width * height > limit * 1e6) throw new ThawError('photo.too-large', { file, width, height, limit })
}

/** What a failure of sharp's means to a person. */
export function decodingError(error: unknown, { bytes, format }: PhotoFile, file: string): unknown {
  if (error instanceof ThawError || !(error instanceof Error)) return error
  const code = isCutShort(bytes, format, error.message) ? 'photo.truncated' : 'photo.damaged'
  return new ThawError(code, { file }, { cause: error })
}

/** @param image upright */
async function rgbOf(image: Sharp, space: string | undefined): Promise<Pixels> {
  if (space === 'cmyk') {
    // libvips would go through a colour profile of its own; Pillow computes light from ink directly
    const ink = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw()
    const { data, info } = await ink.toBuffer({ resolveWithObject: true })
    return { data: cmykToRgb(data), width: info.width, height: info.height }
  }
  const rgb = image.removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await rgb.toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

async function decodeWithSharp(photo: PhotoFile, file: string, admit: Admit): Promise<Pixels> {
  const failOn = strictness(photo.format)
  const image = sharp(photo.bytes, { ignoreIcc: true, failOn, limitInputPixels: false })
  try {
    const metadata = await image.metadata()
    await admit(metadata.width, metadata.height)
    return await rgbOf(upright(image, metadata), metadata.space)
  } catch (error) {
    throw decodingError(error, photo, file)
  }
}

/** Decodes a photo that has been read, as {@link decodePhoto} describes it. */
export async function decodeBytes(photo: PhotoFile, file: string, admit: Admit): Promise<Pixels> {
  if (photo.format === 'bmp') return decodeBmp(photo.bytes, file, admit)
  if (photo.format !== 'heic') return decodeWithSharp(photo, file, admit)
  const pixels = await decodeHeic(photo.bytes, admit)
  if (pixels !== undefined) return pixels
  throw new ThawError(isCutShort(photo.bytes, 'heic', '') ? 'photo.truncated' : 'photo.damaged', { file })
}

/**
 * A photo's pixels, upright, as the network is to see them: what Pillow's `exif_transpose(Image.open(file)).convert("RGB")`
 * gives, byte for byte for JPEG, PNG, WebP, TIFF, GIF (its first picture) and BMP. That means: colour profiles are ignored,
 * alpha is dropped and not blended, grey is repeated, of 16 bits the upper 8 are kept.
 *
 * Two differences are meant: of 16-bit *grey* Pillow clips everything above 255 to white, where here too the upper 8 bits
 * are kept; and AVIF's halved colour is spread by another filter, so single pixels at colour edges differ.
 * @throws ThawError `photo.missing`, `photo.unreadable`, `photo.empty`, `photo.not-a-photo`, `photo.unsupported`,
 * `photo.truncated`, `photo.damaged`, `photo.too-large`
 */
export async function decodePhoto(file: string, options: DecodeOptions = {}): Promise<Pixels> {
  const photo = await readPhotoFile(file)
  const { length } = photo.bytes
  const pixels = await decodeBytes(photo, file, async (width, height) => {
    requireDecodable(file, width, height, options.maxMegapixels)
    // the pixels, once more for turning them upright, and the file itself
    await options.reserve?.(width * height * 6 + length)
  })
  if (photo.bytes.buffer !== pixels.data.buffer) giveBack(photo.bytes)
  return pixels
}
