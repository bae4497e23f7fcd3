import type { ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import type { GroupRules } from '../../../shared/decisions.ts'
import { byCodePoint, inOrder } from './order.ts'
import { withGroups } from './groups.ts'
import { defaultValShare, drawSplits } from './split.ts'

const byClassAndPath = (a: ScannedPhoto, b: ScannedPhoto): number =>
  (a.class ?? Infinity) - (b.class ?? Infinity) || byCodePoint(a.path, b.path)

/** Whether the folder or the list itself says which photos are for what. */
export const hasOwnSplit = ({ layout, splitGiven }: Pick<ScannedDataset, 'layout' | 'splitGiven'>): boolean =>
  layout === 'split-folders' || splitGiven === true

/**
 * The scan as it stands before any decision about single photos: with its capture groups, and its split drawn by this seed.
 * Kept for a scan as long as seed and rules stay, for near-duplicates among 100,000 photos are not found in no time.
 */
export function prepared(scan: ScannedDataset, rules: GroupRules, seed: number): ScannedDataset {
  const key = JSON.stringify([rules, seed])
  const kept = preparedBefore.get(scan)
  if (kept?.key === key) return kept.scan
  const fresh = resplit(withGroups(scan, rules), seed)
  preparedBefore.set(scan, { key, scan: fresh })
  return fresh
}

const preparedBefore = new WeakMap<ScannedDataset, { key: string; scan: ScannedDataset }>()

/**
 * The dataset with its split drawn by this seed: where the folder itself has no train/ and val/, the split belongs to the run's
 * seed, not to the day on which the folder was added. It is drawn from the labels that folders give, so that no later relabelling
 * moves other photos from one side to the other.
 */
export function resplit<D extends ScannedDataset>(dataset: D, seed: number, val = defaultValShare): D {
  if (hasOwnSplit(dataset)) return dataset
  const sorted = dataset.photos.toSorted(byClassAndPath)
  const splits = drawSplits(sorted, seed, { val, test: 0 })
  const photos = sorted.map((photo, i) => ({ ...photo, split: splits[i]! }))
  return { ...dataset, photos: photos.sort(inOrder) }
}
