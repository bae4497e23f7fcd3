import type { BrowsedDataset } from '../../../shared/dataset.ts'
import type { RunRecord } from '../../../shared/run.ts'

export interface Differences {
  relabelled: string[]
  leftOut: string[]
  moved: string[]
  cropped: string[]
  /** Can be trained on now, and was not there then. */
  added: string[]
  gone: string[]
}

/**
 * What became of the photos of a run: how the dataset now differs from the one that it learnt from.
 * @param pathNow where a photo of then lies now
 */
export function differencesSince(
  { classes, dataset: then }: Pick<RunRecord, 'classes' | 'dataset'>,
  now: BrowsedDataset,
  pathNow: (photo: string) => string,
): Differences {
  const differences: Differences = {
    relabelled: [],
    leftOut: [],
    moved: [],
    cropped: [],
    added: [],
    gone: [],
  }
  const photos = new Map(now.photos.map((photo) => [photo.path, photo]))
  const learnt = new Set<string>()
  for (const past of then.photos) {
    const before = { ...past, path: pathNow(past.path) }
    learnt.add(before.path)
    const photo = photos.get(before.path)
    if (!photo) {
      differences.gone.push(before.path)
      continue
    }
    const label = photo.class === null ? undefined : now.classes[photo.class]
    if (photo.out) differences.leftOut.push(before.path)
    if (label !== classes[before.class]) differences.relabelled.push(before.path)
    if (photo.split !== before.split) differences.moved.push(before.path)
    if (JSON.stringify(photo.crop) !== JSON.stringify(before.crop)) differences.cropped.push(before.path)
  }
  for (const photo of now.photos)
    if (photo.class !== null && !photo.out && !learnt.has(photo.path)) differences.added.push(photo.path)
  return differences
}
