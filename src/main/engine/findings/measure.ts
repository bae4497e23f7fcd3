import sharp from 'sharp'
import { decodeBytes } from '../photos/decode.ts'
import type { PhotoFormat } from '../photos/format.ts'
import { readPhotoFile } from '../photos/read.ts'

/** What one look at a photo's pixels tells. */
export interface Measures {
  format: PhotoFormat | 'raw'
  /** What the decoder complains of in a JPEG that it can show none the less; null: nothing. */
  damage: string | null
  /** Mean brightness (Rec. 601's luma), 0 to 255. */
  brightness: number
  /** Of the darkest and the lightest twentieth of the pixels. */
  darkest: number
  lightest: number
  /**
   * How sharp its sharpest part is: the largest variance of the Laplacian among sixteen parts, of the photo at 256 pixels. A blurred
   * background beside a sharp bee is meant to be there.
   */
  sharpness: number
  /** A small picture, {@link side} × {@link side} × 3 bytes, whatever the photo's shape. */
  small: Uint8Array
}

/** Pixels of the small picture's side. */
export const side = 32
const lookedAt = 256
const partsAcross = 4

/** @throws ThawError photo.*, and what sharp throws of a damaged file */
export async function measurePhoto(file: string): Promise<Measures> {
  const photo = await readPhotoFile(file)
  const bySharp = photo.format !== 'heic' && photo.format !== 'bmp'
  const damage = photo.format === 'jpeg' ? await damageOf(photo.bytes) : null
  const decoded = bySharp ? undefined : await decodeBytes(photo, file, () => Promise.resolve())
  const image = decoded
    ? sharp(decoded.data, { raw: { width: decoded.width, height: decoded.height, channels: 3 } })
    : sharp(photo.bytes, { failOn: 'none', limitInputPixels: false }).autoOrient()
  const { data, info } = await image
    .removeAlpha()
    .toColourspace('srgb')
    .resize(lookedAt, lookedAt, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const small = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .resize(side, side, { fit: 'fill' })
    .raw()
    .toBuffer()
  const grey = greyOf(data)
  const sorted = grey.slice().sort()
  return {
    format: photo.raw ? 'raw' : photo.format,
    damage,
    brightness: grey.reduce((sum, value) => sum + value, 0) / grey.length,
    darkest: sorted[Math.floor(grey.length * 0.05)]!,
    lightest: sorted[Math.floor(grey.length * 0.95)]!,
    sharpness: sharpnessOf(grey, info.width, info.height),
    small,
  }
}

/** Other formats' decoders also warn of harmless things, as of colour profiles. */
async function damageOf(jpeg: Uint8Array): Promise<string | null> {
  try {
    await sharp(jpeg, { failOn: 'warning', limitInputPixels: false }).resize(64).raw().toBuffer()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function greyOf(rgb: Uint8Array): Float32Array {
  const grey = new Float32Array(rgb.length / 3)
  for (let i = 0, at = 0; i < grey.length; i += 1, at += 3)
    grey[i] = 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!
  return grey
}

function sharpnessOf(grey: Float32Array, width: number, height: number): number {
  let sharpest = 0
  const part = (from: number, size: number) => Math.floor((from * size) / partsAcross)
  for (let row = 0; row < partsAcross; row += 1)
    for (let column = 0; column < partsAcross; column += 1) {
      let [sum, squares, count] = [0, 0, 0]
      for (let y = Math.max(1, part(row, height)); y < Math.min(height - 1, part(row + 1, height)); y += 1)
        for (
          let x = Math.max(1, part(column, width));
          x < Math.min(width - 1, part(column + 1, width));
          x += 1
        ) {
          const at = y * width + x
          const bend = 4 * grey[at]! - grey[at - 1]! - grey[at + 1]! - grey[at - width]! - grey[at + width]!
          sum += bend
          squares += bend * bend
          count += 1
        }
      if (count > 0) sharpest = Math.max(sharpest, squares / count - (sum / count) ** 2)
    }
  return sharpest
}
