import { access } from 'node:fs/promises'
import path from 'node:path'
import { stringify } from 'csv-stringify/sync'
import type { Dataset, Photo } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { isWithin, pathFrom, writeAtomic } from '../files.ts'
import type { FilingRequest } from '../filing/plan.ts'

type Exported = Pick<Dataset, 'folder' | 'source' | 'also' | 'classes' | 'photos'>

/**
 * Everything that has a label and was not left out, as PART/CLASS/photo in a folder: as copies, or as links to where they are.
 * @throws ThawError `filing.nothing`; `export.inside-dataset` where what is written would be read as photos of the dataset
 */
export function exportRequest(
  { folder, source, also = [], classes, photos }: Exported,
  { how, target }: { how: 'copy' | 'link'; target: string },
): Omit<FilingRequest, 'dayOf'> {
  if (photos.length === 0) throw new ThawError('filing.nothing')
  // A list names its photos: what is written beside it is none of them.
  const around = [...(source === undefined ? [folder] : []), ...also].find((it) => isWithin(it, target))
  if (around !== undefined) throw new ThawError('export.inside-dataset', { target, folder: around })
  return {
    photos: photos.map((photo) => ({
      file: path.resolve(folder, photo.path),
      class: classes[photo.class]!,
      group: photo.split,
    })),
    ...{ how, target, pattern: '{group}/{class}/{name}', clash: 'number', exported: true },
  }
}

/** A cut-out as `scanList` reads it: left, top, width and height in pixels. */
const cropText = ({ crop }: Photo): string =>
  crop ? [crop.left, crop.top, crop.width, crop.height].join(' ') : ''

/**
 * Writes a list that is the same dataset when it is read: path, class, part and crop of each photo. Paths are told from the list's
 * own folder, so that both can be moved together.
 * @param replace what has its name; a person has said so
 * @returns how many photos it names
 * @throws ThawError `export.there-already` if something has its name; `disk.full`, `output.unwritable`
 */
export async function writeList(
  to: string,
  { folder, classes, photos }: Pick<Dataset, 'folder' | 'classes' | 'photos'>,
  replace = false,
): Promise<number> {
  const file = path.resolve(to)
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (isThere && !replace) throw new ThawError('export.there-already', { file })
  const rows = photos.map((photo) => {
    const seen = pathFrom(path.dirname(file), path.resolve(folder, photo.path))
    return [seen, classes[photo.class]!, photo.split, cropText(photo)]
  })
  await writeAtomic(file, [stringify([['path', 'class', 'split', 'crop'], ...rows])])
  return photos.length
}
