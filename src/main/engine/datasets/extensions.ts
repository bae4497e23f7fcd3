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

/** Archives, which are opened only where one is itself chosen as photos. ALZip's two are frequent in Korea. */
const innerArchiveExtensions = new Set('.zip .7z .rar .tar .gz .tgz .bz2 .xz .alz .egg'.split(' '))

const extensionOf = (name: string): string => path.extname(name).toLowerCase()

/** Whether a file's name says that it is a picture, of a kind that is not read as a photo of a folder. */
export const isOtherPictureName = (name: string): boolean =>
  !isPhotoName(name) && otherPictureExtensions.has(extensionOf(name))

/** Whether a file's name says that it is an archive, whose photos a folder does not show. */
export const isArchiveName = (name: string): boolean => innerArchiveExtensions.has(extensionOf(name))
