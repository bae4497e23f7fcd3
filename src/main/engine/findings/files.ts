import path from 'node:path'
import { rawExtensions } from '../../../shared/photoFiles.ts'
import type { PhotoFormat } from '../photos/format.ts'
import type { Check } from './subject.ts'

/** Photos whose end is missing. */
export const truncated: Check = ({ unreadable }) =>
  unreadable
    .filter(({ code }) => code === 'photo.truncated')
    .map((it) => ({
      finding: 'truncated',
      photos: [it.path],
      detail: { code: it.code, message: it.message },
    }))

/** Files that are named like photos and cannot be read as such; then those that can be shown, with a part that is damaged. */
export const unreadablePhotos: Check = ({ unreadable, photos }) => [
  ...unreadable
    .filter(({ code }) => code !== 'photo.truncated')
    .map((it) => ({
      finding: 'unreadable' as const,
      photos: [it.path],
      detail: { code: it.code, message: it.message },
    })),
  ...photos.flatMap(({ path: photo, measures: { damage } }) =>
    damage === null
      ? []
      : [
          {
            finding: 'unreadable' as const,
            photos: [photo],
            detail: { code: 'photo.damaged', message: damage },
          },
        ],
  ),
]

/** How files of each format may be named. */
const extensions: Record<PhotoFormat | 'raw', readonly string[]> = {
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  png: ['png'],
  webp: ['webp'],
  avif: ['avif', 'heif', 'hif'],
  heic: ['heic', 'heif', 'hif'],
  tiff: ['tif', 'tiff'],
  bmp: ['bmp'],
  gif: ['gif'],
  raw: rawExtensions.map((extension) => extension.slice(1)),
}

/** A PNG that calls itself JPEG: Thaw reads it, other programs may not. */
export const wrongExtension: Check = ({ photos }) =>
  photos.flatMap(({ path: photo, measures }) => {
    const extension = path.extname(photo).slice(1).toLowerCase()
    if (extensions[measures.format].includes(extension)) return []
    return [{ finding: 'wrong-extension', photos: [photo], detail: { extension, format: measures.format } }]
  })
