import path from 'node:path'
import type { BrowsedDataset, ScannedDataset, Split } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { splitNamed } from '../datasets/layout.ts'
import type { AnsweredPhoto, FilingRequest } from './plan.ts'

/** What a dataset's folders are called: of each part and class the one that most of its scanned photos lie in. */
interface FolderNames {
  parts: Map<Split, string>
  classes: Map<string, string>
}

function folderNames({ layout, classes, photos }: ScannedDataset): FolderNames {
  const names: FolderNames = { parts: new Map(), classes: new Map() }
  const depth = layout === 'split-folders' ? 1 : 0
  for (const photo of photos.filter((it) => !isOutside(it.path))) {
    const folders = photo.path.split('/').slice(0, -1)
    if (depth === 1 && folders[0] !== undefined && !names.parts.has(photo.split))
      names.parts.set(photo.split, folders[0])
    const name = photo.class === null ? undefined : classes[photo.class]
    if (name !== undefined && folders[depth] !== undefined && !names.classes.has(name))
      names.classes.set(name, folders[depth])
  }
  return names
}

/** Whether a path from the dataset's folder leads out of it. */
const isOutside = (file: string): boolean => file.startsWith('../') || path.isAbsolute(file)

/** What a photo's folders say of it now. */
function placeOf(
  file: string,
  layout: ScannedDataset['layout'],
): { part: string | undefined; folder: string | undefined } {
  const folders = file.split('/').slice(0, -1)
  return layout === 'split-folders'
    ? { part: folders[0], folder: folders[1] }
    : { part: undefined, folder: folders[0] }
}

/**
 * Which photos lie in another folder than their label and part say. Photos without a label and photos that were left out stay where they
 * are.
 * @param scan as the folder was scanned last
 * @throws ThawError filing.listed: where a list or an archive says where photos are, moving them would break it
 */
export function misplaced(scan: ScannedDataset, now: BrowsedDataset): AnsweredPhoto[] {
  const { layout, folder } = scan
  if (layout === 'list' || scan.source !== undefined) throw new ThawError('filing.listed')
  const names = folderNames(scan)
  return now.photos.flatMap((photo): AnsweredPhoto[] => {
    // What lies in another source than the dataset's own folder stays there.
    if (photo.class === null || photo.out || isOutside(photo.path)) return []
    const label = now.classes[photo.class]!
    const wanted = names.classes.get(label) ?? label
    const part = names.parts.get(photo.split) ?? photo.split
    const at = placeOf(photo.path, layout)
    const isPart = layout !== 'split-folders' || at.part === part || splitNamed(at.part ?? '') === photo.split
    if (isPart && at.folder === wanted) return []
    return [{ file: path.join(folder, photo.path), class: wanted, group: part }]
  })
}

/** What brings a dataset's photos into the folders of their labels. @throws ThawError filing.nothing, filing.listed */
export function foldersRequest(
  id: string,
  scan: ScannedDataset,
  now: BrowsedDataset,
): Omit<FilingRequest, 'dayOf'> {
  const photos = misplaced(scan, now)
  if (photos.length === 0) throw new ThawError('filing.nothing')
  const pattern = scan.layout === 'split-folders' ? '{group}/{class}/{name}' : '{class}/{name}'
  return { photos, how: 'move', target: scan.folder, pattern, clash: 'number', dataset: id }
}
