import sharp from 'sharp'
import { nativeBackend } from '../backend/native.ts'
import type { Tensor } from '../backend/tf.ts'
import { tf } from '../backend/tf.ts'
import type { Pixels } from '../photos/pixels.ts'
import type { PhotoFile } from '../photos/read.ts'
import { readPhotoFile } from '../photos/read.ts'
import { turned } from '../photos/upright.ts'

/** How the decoder is called where a certificate names it. */
export const otherDecoder = 'TensorFlow'

/** @returns undefined for formats that it does not read as Pillow does, and for what it refuses: that says nothing of an exported file */
function decoded({ bytes, format }: PhotoFile): Tensor | undefined {
  const { backend } = nativeBackend()
  try {
    if (format === 'png') return backend.decodePng(bytes, 3)
    // The accurate transform, as Pillow's and browsers'; TensorFlow's usual one is for speed.
    if (format === 'jpeg') return backend.decodeJpeg(bytes, 3, 1, true, false, 1, 'INTEGER_ACCURATE')
  } catch {
    return undefined
  }
  return undefined
}

/**
 * A photo's pixels, upright, by a decoder that shares nothing with Thaw's own: TensorFlow's, which brings its own libjpeg-turbo and
 * libpng. undefined where another backend computes, and where it does not read the photo.
 * @throws ThawError photo.*
 */
export async function decodedElsewhere(file: string): Promise<Pixels | undefined> {
  if (tf.getBackend() !== 'tensorflow') return undefined
  const photo = await readPhotoFile(file)
  const metadata = await sharp(photo.bytes).metadata()
  // Everyone turns ink into light by a formula of their own, and cuts deep pixels to 8 bits differently.
  if (metadata.space === 'cmyk' || metadata.depth !== 'uchar') return undefined
  const bytes = decoded(photo)
  if (!bytes) return undefined
  const [height, width] = bytes.shape as [number, number, number]
  // TensorFlow.js cannot read bytes.
  const values = tf.cast(bytes, 'int32')
  const data = Uint8Array.from(values.dataSync())
  tf.dispose([bytes, values])
  const image = sharp(data, { raw: { width, height, channels: 3 } })
  const upright = await turned(image, metadata).raw().toBuffer({ resolveWithObject: true })
  return { data: upright.data, width: upright.info.width, height: upright.info.height }
}
