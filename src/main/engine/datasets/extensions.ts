import path from 'node:path'
import { isPhotoName } from '../../../shared/photoFiles.ts'

/**
 * Pictures that are no photos to learn from: of an animation only the first picture would count, a drawing has no pixels, and what a
 * program's own format shows is rendered first. In a folder they are named and left out.
 */
const otherPictureExtensions = new Set(
  (
    '.gif .apng .mng .svg .svgz .eps .ai .psd .psb .xcf .ico .cur .icns .tga .dds .exr .hdr .pcx .pbm .pgm .ppm .pnm .jxl .jp2 .j2k ' +
    '.jpx .jpe .jfif .hif'
  ).split(' '),
)

const extensionOf = (name: string): string => path.extname(name).toLowerCase()

/** Whether a file's name says that it is a picture, of a kind that is not read as a photo of a folder. */
export const isOtherPictureName = (name: string): boolean =>
  !isPhotoName(name) && otherPictureExtensions.has(extensionOf(name))
