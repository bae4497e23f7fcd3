import path from 'node:path'

/** Names of photos. What is in them is decided by their first bytes (photos/format.ts). */
export const photoExtensions: readonly string[] = [
  '.jpg',
  '.jpeg',
  '.png',
  '.webp',
  '.avif',
  '.heic',
  '.heif',
  '.tif',
  '.tiff',
  '.bmp',
  // Of an animation the first picture counts.
  '.gif',
]

/** Whether a file's name says that it is a photo. Case does not matter. */
export const isPhotoName = (name: string): boolean =>
  photoExtensions.includes(path.extname(name).toLowerCase())
