/**
 * How names of RAW files end, lower case: what a camera's sensor saw, with the camera's own JPEG of it inside, which is the photo for us
 * (engine/photos/raw.ts).
 */
export const rawExtensions: readonly string[] =
  '.3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f'.split(
    ' ',
  )

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
  ...rawExtensions,
]

/** Whether a file's name ends with one of these. Case does not matter. */
const endsWith = (name: string, extensions: readonly string[]): boolean => {
  const point = name.lastIndexOf('.')
  // A name that begins with its only point has no ending.
  return point > Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1
    ? extensions.includes(name.slice(point).toLowerCase())
    : false
}

/** Whether a file's name says that it is a photo. */
export const isPhotoName = (name: string): boolean => endsWith(name, photoExtensions)

/** Whether a file's name says that it is a camera's RAW file. */
export const isRawName = (name: string): boolean => endsWith(name, rawExtensions)
/**
 * Pixels of the longer side of the picture that a camera writes into its photo (EXIF 2.32, 4.6.8). A page that gets a picture of just this
 * size knows that a finer one is to be had.
 */
export const coarseSide = 160
