import type { ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import { Split } from '../../../shared/dataset.ts'
import type { GroupRules } from '../../../shared/decisions.ts'
import { withoutTraces } from './browse.ts'
import { byCodePoint, inOrder } from './order.ts'
import { withGroups } from './groups.ts'
import { defaultValShare, drawSplits, hasOwnSplit } from './split.ts'

const byClassAndPath = (a: ScannedPhoto, b: ScannedPhoto): number =>
  (a.class ?? Infinity) - (b.class ?? Infinity) || byCodePoint(a.path, b.path)

/**
 * What a scan is before any decision about single photos, as numbers that can be kept: near-duplicates among 100,000 photos are not found
 * in no time, nor are so many photos sorted.
 */
export interface Drawing {
  /** For each photo of the scan, the first photo of its capture group; -1: it stands alone. */
  groups: Int32Array
  /** For each photo of the scan, the index of its part in `Split`. */
  splits: Uint8Array
  /** The photos of the scan in the order that this gives. */
  order: Uint32Array
}

/** Capture groups by these rules, and the split drawn by this seed. */
export function drawingOf(scan: ScannedDataset, rules: GroupRules, seed: number): Drawing {
  const { photos } = withGroups(scan, rules)
  const indexOf = new Map(photos.map(({ path }, i) => [path, i]))
  const splits = hasOwnSplit(scan) ? photos.map(({ split }) => split) : splitsOf(photos, seed)
  const sorted = photos.map(({ path, class: label }, i) => ({ path, class: label, split: splits[i]!, i }))
  return {
    groups: Int32Array.from(photos, ({ group }) => (group === undefined ? -1 : indexOf.get(group)!)),
    splits: Uint8Array.from(splits, (split) => Split.options.indexOf(split)),
    order: Uint32Array.from(sorted.sort(inOrder), ({ i }) => i),
  }
}

/** The scan as it is drawn. What near-duplicates are found by has done its work, and is left behind. */
function drawn(scan: ScannedDataset, { groups, splits, order }: Drawing): ScannedDataset {
  const photos = Array.from(order, (i): ScannedPhoto => {
    const photo = withoutTraces(scan.photos[i]!)
    const split = Split.options[splits[i]!]!
    return groups[i]! < 0 ? { ...photo, split } : { ...photo, split, group: scan.photos[groups[i]!]!.path }
  })
  return { ...scan, photos }
}

/**
 * The scan as it stands before any decision about single photos: with its capture groups, and its split drawn by this seed. Kept for a
 * scan as long as seed and rules stay.
 */
export function prepared(
  scan: ScannedDataset,
  rules: GroupRules,
  seed: number,
  drawing?: Drawing,
): ScannedDataset {
  const key = JSON.stringify([rules, seed])
  const kept = preparedBefore.get(scan)
  if (kept?.key === key) return kept.scan
  const fresh = drawn(scan, drawing ?? drawingOf(scan, rules, seed))
  preparedBefore.set(scan, { key, scan: fresh })
  return fresh
}

const preparedBefore = new WeakMap<ScannedDataset, { key: string; scan: ScannedDataset }>()

/** The part of each photo, in the photos' own order. */
function splitsOf(photos: readonly ScannedPhoto[], seed: number, val = defaultValShare): Split[] {
  const indices = [...photos.keys()].sort((a, b) => byClassAndPath(photos[a]!, photos[b]!))
  const parts = drawSplits(
    indices.map((i) => photos[i]!),
    seed,
    { val, test: 0 },
  )
  const splits = new Array<Split>(photos.length)
  indices.forEach((index, i) => (splits[index] = parts[i]!))
  return splits
}

/**
 * The dataset with its split drawn by this seed: where the folder itself has no train/ and val/, the split belongs to the run's
 * seed, not to the day on which the folder was added. It is drawn from the labels that folders give, so that no later relabelling
 * moves other photos from one side to the other.
 */
export function resplit<D extends ScannedDataset>(dataset: D, seed: number, val = defaultValShare): D {
  if (hasOwnSplit(dataset)) return dataset
  const splits = splitsOf(dataset.photos, seed, val)
  const photos = dataset.photos.map((photo, i) => ({ ...photo, split: splits[i]! }))
  return { ...dataset, photos: photos.sort(inOrder) }
}
