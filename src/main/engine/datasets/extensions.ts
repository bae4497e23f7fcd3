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
]

/** Read only when asked for: of an animation only the first picture would count. */
const gifExtension = '.gif'

/** Whether a file's name says that it is a photo. Case does not matter. */
export function isPhotoName(name: string, { gif = false }: { gif?: boolean | undefined } = {}): boolean {
  const extension = path.extname(name).toLowerCase()
  return photoExtensions.includes(extension) || (gif && extension === gifExtension)
}
