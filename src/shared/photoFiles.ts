/** How names of photos end, lower case. What is in them is decided by their first bytes (engine/photos/format.ts). */
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

/** Whether a file's name says that it is a photo. Case does not matter. */
export const isPhotoName = (name: string): boolean => {
  const point = name.lastIndexOf('.')
  // A name that begins with its only point has no ending.
  return point > Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1
    ? photoExtensions.includes(name.slice(point).toLowerCase())
    : false
}
