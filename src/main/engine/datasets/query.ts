import type { PhotoCounts, PhotoFilter, PhotoHead, PhotoQuery } from '../../../shared/api/datasets.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../shared/dataset.ts'
import { byCodePoint } from './order.ts'

type Test = (photo: BrowsedPhoto) => boolean
const always: Test = () => true
const comparable = (text: string): string => text.normalize('NFC').toLowerCase()

/** One test a filter, by its name, so that each can be left away where its own values are counted. */
function testsOf(filter: PhotoFilter): Record<'classes' | 'splits' | 'out' | 'search' | 'only', Test> {
  const { classes, splits, out } = filter
  const search = comparable(filter.search.trim())
  const only = filter.only && new Set(filter.only)
  const wanted = new Set(classes)
  return {
    classes: classes.length === 0 ? always : (photo) => wanted.has(photo.class ?? -1),
    splits: splits.length === 0 ? always : (photo) => splits.includes(photo.split),
    out: out === null ? always : (photo) => photo.out === out,
    search:
      search === ''
        ? always
        : (photo) =>
            [photo.path, ...(photo.keywords ?? [])].some((text) => comparable(text).includes(search)),
    only: only ? (photo) => only.has(photo.path) : always,
  }
}

/** Share of the photo that a square cut out of its middle takes away. */
const cutOf = ({ width, height }: BrowsedPhoto): number =>
  1 - Math.min(width, height) / Math.max(width, height)

const textOrder =
  (text: (photo: BrowsedPhoto) => string) =>
  (a: BrowsedPhoto, b: BrowsedPhoto): number =>
    byCodePoint(text(a), text(b))
const numberOrder =
  (number: (photo: BrowsedPhoto) => number) =>
  (a: BrowsedPhoto, b: BrowsedPhoto): number =>
    number(a) - number(b)

const nameOf = (photo: BrowsedPhoto): string => photo.path.slice(photo.path.lastIndexOf('/') + 1)
const none = Number.MAX_SAFE_INTEGER

/** The dataset's own order is by split, class and path: sorts keep it where they see no difference. */
const orders: Record<Exclude<PhotoQuery['order'], 'only'>, (a: BrowsedPhoto, b: BrowsedPhoto) => number> = {
  class: numberOrder((photo) => photo.class ?? none),
  split: () => 0,
  name: textOrder(nameOf),
  taken: numberOrder((photo) => photo.taken ?? none),
  modified: numberOrder((photo) => photo.modified),
  size: numberOrder((photo) => photo.bytes),
  pixels: numberOrder((photo) => photo.width * photo.height),
  cut: numberOrder(cutOf),
  group: textOrder((photo) => photo.group ?? ''),
}

const dayOf = ({ taken }: BrowsedPhoto): string | null =>
  taken === undefined ? null : new Date(taken).toISOString().slice(0, 10)

const keys: Record<NonNullable<PhotoQuery['groupBy']>, (photo: BrowsedPhoto) => string | null> = {
  class: (photo) => (photo.class === null ? null : String(photo.class)),
  split: (photo) => photo.split,
  day: dayOf,
  group: (photo) => photo.group ?? null,
}

/** Runs of equal keys in photos that stand by them. */
function headsOf(photos: readonly BrowsedPhoto[], key: (photo: BrowsedPhoto) => string | null): PhotoHead[] {
  const heads: PhotoHead[] = []
  photos.forEach((photo, from) => {
    const own = key(photo)
    const last = heads.at(-1)
    if (last?.key === own) last.count += 1
    else heads.push({ key: own, from, count: 1 })
  })
  return heads
}

/** The photos that a query asks for, in its order, and the heads over them. */
export function matching(
  { photos }: BrowsedDataset,
  query: PhotoQuery,
): { found: BrowsedPhoto[]; heads: PhotoHead[] } {
  const tests = Object.values(testsOf(query)).filter((test) => test !== always)
  const found = photos.filter((photo) => tests.every((test) => test(photo)))
  if (query.order === 'only') {
    const place = new Map(query.only?.map((path, i) => [path, i]))
    found.sort((a, b) => place.get(a.path)! - place.get(b.path)!)
  } else if (query.order !== 'split') found.sort(orders[query.order])
  if (query.descending) found.reverse()
  if (query.groupBy === null) return { found, heads: [] }
  const key = keys[query.groupBy]
  const groups = [...Map.groupBy(found, key)]
  // Classes by their place, parts as they are named, days and groups by their first photo in this order.
  if (query.groupBy === 'class') groups.sort(([a], [b]) => Number(a ?? none) - Number(b ?? none))
  const grouped = groups.flatMap(([, members]) => members)
  return { found: grouped, heads: headsOf(grouped, key) }
}

/** What each value of each filter would give under the other filters. */
export function countsUnder({ classes, photos }: BrowsedDataset, filter: PhotoFilter): PhotoCounts {
  const tests = testsOf(filter)
  const counts: PhotoCounts = {
    total: photos.length,
    found: 0,
    classes: classes.map(() => 0),
    unlabelled: 0,
    splits: { train: 0, val: 0, test: 0 },
    used: 0,
    out: 0,
  }
  const names = Object.keys(tests) as (keyof typeof tests)[]
  for (const photo of photos) {
    const failing = names.filter((name) => !tests[name](photo))
    if (failing.length === 0) counts.found += 1
    const counted = (name: keyof typeof tests) => failing.every((it) => it === name)
    if (counted('classes')) {
      if (photo.class === null) counts.unlabelled += 1
      else counts.classes[photo.class]! += 1
    }
    if (counted('splits')) counts.splits[photo.split] += 1
    if (counted('out')) counts[photo.out ? 'out' : 'used'] += 1
  }
  return counts
}
