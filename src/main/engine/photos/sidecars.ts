import path from 'node:path'

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
