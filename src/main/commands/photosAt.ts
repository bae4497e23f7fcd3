import { stat } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../shared/errors.ts'
import { photoExtensions } from '../../shared/photoFiles.ts'
import { byCodePoint } from '../engine/datasets/order.ts'
import { findPhotos } from '../engine/datasets/walk.ts'
import { isWithin } from '../engine/files.ts'
import { say, sayLeftOut } from './output.ts'
import { told, words } from './words.ts'

/**
 * Photos named by the arguments; folders stand for the photos in and below them. A folder below that cannot be read is told.
 * @param filedTo photos below it, where it lies within a given folder, have been filed already and are none of those meant
 * @throws ThawError dataset.no-photos, photo.unreadable
 */
export async function photosAt(
  given: readonly string[],
  filedTo: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = []
  for (const one of given) {
    const file = path.resolve(one)
    const about = await stat(file).catch(() => undefined)
    if (!about?.isDirectory()) {
      found.push(file)
      continue
    }
    const { photos, unreadable, otherPictures, archives } = await findPhotos(file, '.', { signal })
    sayLeftOut({ otherPictures, archives })
    for (const { error } of unreadable) say(told(error))
    if (unreadable.length > 0) process.exitCode = 1
    if (photos.length + unreadable.length === 0)
      throw new ThawError('dataset.no-photos', { folder: file, extensions: photoExtensions.join(' ') })
    const all = photos.map((photo) => path.join(file, photo)).toSorted(byCodePoint)
    const isFiled = (photo: string) =>
      filedTo !== undefined && filedTo !== file && isWithin(file, filedTo) && isWithin(filedTo, photo)
    found.push(...all.filter((photo) => !isFiled(photo)))
    const filed = all.filter(isFiled).length
    if (filed > 0) say(words('filedAlready', { count: filed, folder: filedTo! }))
  }
  // Named twice, as a folder and by itself say, a photo is one all the same.
  return [...new Set(found)]
}
