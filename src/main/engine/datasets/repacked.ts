import path from 'node:path'
import type { ScannedDataset } from '../../../shared/dataset.ts'
import { exists, pathFrom } from '../files.ts'
import { archiveCopies } from './archiveCopies.ts'
import { innerFolder } from './walk.ts'

/** The folder that a further archive's photos lay in, and the one they lie in since it was packed again; as photos' paths begin. */
export interface Repacked {
  from: string
  to: string
}

/** A photo's path as it reads now. */
export const repackedPath = (photo: string, { from, to }: Repacked): string =>
  photo.startsWith(`${from}/`) ? `${to}${photo.slice(from.length)}` : photo

/**
 * Copies of further archives that something was decided about, and that a newer copy has taken the place of: an archive that was changed is
 * unpacked anew, and all its photos have other paths.
 * @param decided paths of photos in the dataset
 * @param dataset as it was just scanned
 */
export async function repackings(
  decided: Iterable<string>,
  { folder, also = [], missing = [] }: Pick<ScannedDataset, 'folder' | 'also' | 'missing'>,
  samples: string,
): Promise<Repacked[]> {
  const there = also.filter((source) => !missing.includes(source))
  if (there.length === 0) return []
  const copies = await archiveCopies(samples)
  const named = [...decided]
  const found: Repacked[] = []
  for (const source of there) {
    const ofIt = copies.filter(({ copy }) => copy.archive === source).sort((a, b) => b.used - a.used)
    const [now, ...former] = await Promise.all(
      ofIt.map(async ({ copy }) => pathFrom(folder, await rootOf(path.join(samples, copy.folder)))),
    )
    for (const from of former)
      if (named.some((photo) => photo.startsWith(`${from}/`))) found.push({ from, to: now! })
  }
  return found
}

/** Of a copy that is gone nobody knows whether all its photos lay in one folder: then its own name is as good as another. */
const rootOf = async (place: string): Promise<string> => ((await exists(place)) ? innerFolder(place) : place)
