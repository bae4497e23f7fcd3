import path from 'node:path'

/** The part of a path before its extension. */
const withoutExtension = (file: string): string => file.slice(0, file.length - path.extname(file).length)

/** Where programs keep what they know of a photo: digiKam's and darktable's `photo.jpg.xmp`, or Adobe's `photo.xmp`. */
export const sidecarsOf = (photo: string): readonly string[] => [
  `${photo}.xmp`,
  `${withoutExtension(photo)}.xmp`,
]
