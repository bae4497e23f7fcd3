import path from 'node:path'
import { isRawName, rawExtensions } from '../../../shared/photoFiles.ts'

/** The part of a path before its extension. */
const withoutExtension = (file: string): string => file.slice(0, file.length - path.extname(file).length)

/** The endings of sidecars: some cameras' programs write `PHOTO.XMP`, as they name the photo `PHOTO.CR2`. */
const endings = ['.xmp', '.XMP']

export const isSidecarName = (name: string): boolean => endings.some((ending) => name.endsWith(ending))

/**
 * Where programs keep what they know of a photo: digiKam's and darktable's `photo.jpg.xmp`, or Adobe's `photo.xmp`. Of several the first
 * counts. On a disk that does not tell cases apart two of these are one file.
 */
export const sidecarsOf = (photo: string): readonly string[] =>
  [photo, withoutExtension(photo)].flatMap((stem) => endings.map((ending) => stem + ending))

/**
 * Whether a photo's sidecar is the one of the RAW file beside it: of a camera's pair Adobe's `photo.xmp` tells of the RAW file, since a JPEG
 * holds such things itself.
 * @param names what is in their folder
 */
export function isOfRaw(sidecar: string, photo: string, names: ReadonlySet<string>): boolean {
  const stem = withoutExtension(photo)
  if (isRawName(photo) || withoutExtension(sidecar) !== stem) return false
  const raws = rawExtensions.flatMap((extension) => [extension, extension.toUpperCase()])
  return raws.some((extension) => names.has(path.basename(stem) + extension))
}
