import type { Dataset, Photo } from '../../../shared/dataset.ts'
import { byCodePoint } from '../datasets/order.ts'
import { defaultValShare, drawSplit } from '../datasets/split.ts'

const order = ['train', 'val'] as const

/**
 * The dataset as a scan with this seed would have found it: where the folder itself has no train/ and val/, the split belongs
 * to the run's seed, not to the day on which the folder was added.
 */
export function resplit(dataset: Dataset, seed: number): Dataset {
  if (dataset.layout === 'split-folders') return dataset
  const sorted = dataset.photos.toSorted((a, b) => a.class - b.class || byCodePoint(a.path, b.path))
  const photos = [...Map.groupBy(sorted, (photo) => photo.class)].flatMap(([place, mine]): Photo[] => {
    const splits = drawSplit(mine.length, place, seed, defaultValShare)
    return mine.map((photo, i) => ({ ...photo, split: splits[i]! }))
  })
  // A stable sort: within a split, photos keep their order by class and path.
  return { ...dataset, photos: photos.sort((a, b) => order.indexOf(a.split) - order.indexOf(b.split)) }
}
