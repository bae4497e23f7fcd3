import type {
  BrowsedDataset,
  BrowsedPhoto,
  Dataset,
  Photo,
  ScannedDataset,
  ScannedPhoto,
  Split,
} from '../../../shared/dataset.ts'
import { Split as Splits } from '../../../shared/dataset.ts'
import type { Decision } from './decisions.ts'
import { Decisions } from './decisions.ts'
import { byCodePoint, inOrder } from './order.ts'
import { hasOwnSplit } from './split.ts'

/** The label of a photo now: what was decided, else what its folder is called now. */
function labelOf(folderClass: string | undefined, decision: Decision | undefined, decisions: Decisions) {
  if (decision?.labels) return decision.labels[0]
  return folderClass === undefined ? undefined : decisions.nameOf(folderClass)
}

/** A photo without what the scan alone needs. One that lost it by `delete` would be slow to copy ever after. */
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- taken out of the others
export const withoutTraces = ({ signature, sidecar, ...photo }: ScannedPhoto): ScannedPhoto => photo

/** What near-duplicates and changes are found by is the scan's alone: no run and no window keeps it. Once a scan, for every act needs it anew. */
function allWithoutTraces(scan: ScannedDataset): readonly ScannedPhoto[] {
  const known = bare.get(scan)
  if (known) return known
  const photos = scan.photos.map(withoutTraces)
  bare.set(scan, photos)
  return photos
}
const bare = new WeakMap<ScannedDataset, readonly ScannedPhoto[]>()

/**
 * Parts of capture groups that a person put into one, by group: what joins them later – photos that come, groups by other rules – goes
 * along, for a split of Thaw's own parts no group. Where less than half of a group was ever moved, as where one photo was and a whole
 * camera is a group since, the rest stays, and that it is parted is told. A folder's own split is kept as it is.
 */
function partsOfGroups(scan: ScannedDataset, decisions: Decisions): ReadonlyMap<string, Split> {
  if (hasOwnSplit(scan)) return new Map()
  const grouped = scan.photos.filter(({ group }) => group !== undefined)
  if (!grouped.some(({ path }) => decisions.about(path)?.part)) return new Map()
  const parts = new Map<string, Split>()
  for (const [group, members] of Map.groupBy(grouped, (photo) => photo.group!)) {
    const decided = members.flatMap(({ path }) => decisions.about(path)?.part ?? [])
    if (decided.length * 2 >= members.length && new Set(decided).size === 1) parts.set(group, decided[0]!)
  }
  return parts
}

/** The dataset as the person sees it: the scan, and over it everything that was decided. */
export function browsed(scan: ScannedDataset, decisions: Decisions): BrowsedDataset {
  const labels = scan.photos.map((photo) =>
    labelOf(
      photo.class === null ? undefined : scan.classes[photo.class],
      decisions.about(photo.path),
      decisions,
    ),
  )
  // A folder that holds no photo is still a class, unless its name was given to another; one that lost all its photos is none.
  const filled = new Set(scan.photos.map((photo) => photo.class))
  const barren = scan.classes.filter((_, i) => !filled.has(i)).map((name) => decisions.nameOf(name))
  const classes = [...new Set([...barren, ...labels.filter((name) => name !== undefined)])].sort(byCodePoint)
  const indexOf = new Map(classes.map((name, i) => [name, i]))
  const parts = partsOfGroups(scan, decisions)
  const photos = allWithoutTraces(scan).map((photo, i): BrowsedPhoto => {
    const decision = decisions.about(photo.path)
    const label = labels[i]
    return {
      ...photo,
      class: label === undefined ? null : indexOf.get(label)!,
      split: decision?.part ?? parts.get(photo.group ?? '') ?? photo.split,
      out: decision?.out ?? false,
      ...(decision?.crop && { crop: decision.crop }),
    }
  })
  return { ...scan, classes, photos: photos.sort(inOrder) }
}

/** A scan about which nothing was decided. */
export const undecided = (scan: ScannedDataset): BrowsedDataset => browsed(scan, Decisions.of([]))

/** A photo as training gets it: what only browsing needs is no part of a run. */
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- taken out of the others
const forRun = ({ out, colours, ...photo }: BrowsedPhoto): Omit<BrowsedPhoto, 'out' | 'colours'> => photo

/** What training gets of it: photos with a label that were not left out, and the classes that are left. */
export function trainable(dataset: BrowsedDataset): Dataset {
  const kept = dataset.photos.filter((photo) => photo.class !== null && !photo.out)
  const wasFilled = new Set(dataset.photos.map((photo) => photo.class))
  const isFilled = new Set(kept.map((photo) => photo.class))
  // A class all of whose photos were left out is left out with them.
  const indices = [...dataset.classes.keys()].filter((i) => isFilled.has(i) || !wasFilled.has(i))
  const indexOf = new Map(indices.map((old, now) => [old, now]))
  const photos = kept.map((photo): Photo => ({ ...forRun(photo), class: indexOf.get(photo.class!)! }))
  return { ...dataset, classes: indices.map((i) => dataset.classes[i]!), photos }
}

/** Photos of each class in each part, labelled and not left out. */
export function countsOf({ classes, photos }: BrowsedDataset): Record<Split, number[]> {
  const counts = Object.fromEntries(Splits.options.map((split) => [split, classes.map(() => 0)])) as Record<
    Split,
    number[]
  >
  for (const photo of photos) if (photo.class !== null && !photo.out) counts[photo.split][photo.class]! += 1
  return counts
}
