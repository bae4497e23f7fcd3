import type { PhotoCounts, PhotoFilter, PhotoHead, PhotoQuery } from '../../../shared/api/datasets.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../shared/dataset.ts'
import type { Figures } from './figures.ts'
import { noFigures, outcomeOf } from './figures.ts'
import { comparable, PhotoIndex } from './photoIndex.ts'

type Test = (photo: BrowsedPhoto) => boolean
const always: Test = () => true
const none = Number.MAX_SAFE_INTEGER

type FilterName = 'classes' | 'splits' | 'out' | 'findings' | 'outcomes' | 'search' | 'only'

/** One test a filter, by its name, so that each can be left away where its own values are counted. */
function testsOf(dataset: BrowsedDataset, filter: PhotoFilter, figures: Figures): Record<FilterName, Test> {
  const { classes, splits, out, findings, outcomes } = filter
  const search = comparable(filter.search.trim())
  const only = filter.only && new Set(filter.only)
  const wanted = new Set(classes)
  const holding = search === '' ? undefined : PhotoIndex.of(dataset, figures).holding(search)
  return {
    classes: classes.length === 0 ? always : (photo) => wanted.has(photo.class ?? -1),
    splits: splits.length === 0 ? always : (photo) => splits.includes(photo.split),
    out: out === null ? always : (photo) => photo.out === out,
    findings:
      findings.length === 0
        ? always
        : (photo) => figures.findings.get(photo.path)?.some((kind) => findings.includes(kind)) ?? false,
    outcomes:
      outcomes.length === 0 ? always : (photo) => outcomes.includes(outcomeOf(dataset, photo, figures)),
    search: holding ? (photo) => holding.has(photo) : always,
    only: only ? (photo) => only.has(photo.path) : always,
  }
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

export interface Matching {
  found: readonly BrowsedPhoto[]
  heads: readonly PhotoHead[]
}

/** What was asked last of each dataset: a page after the other is cut out of the same answer. */
const answered = new WeakMap<PhotoIndex, Map<string, Matching>>()
const mostAnswers = 4

/** The photos that a query asks for, in its order, and the heads over them. */
export function matching(dataset: BrowsedDataset, query: PhotoQuery, figures: Figures = noFigures): Matching {
  const index = PhotoIndex.of(dataset, figures)
  const known = answered.get(index) ?? new Map<string, Matching>()
  answered.set(index, known)
  const key = JSON.stringify(query)
  const found = known.get(key) ?? searched(index, dataset, query, figures)
  known.delete(key)
  known.set(key, found)
  const [oldest] = known.keys()
  if (known.size > mostAnswers) known.delete(oldest!)
  return found
}

function searched(index: PhotoIndex, dataset: BrowsedDataset, query: PhotoQuery, figures: Figures): Matching {
  const tests = Object.values(testsOf(dataset, query, figures)).filter((test) => test !== always)
  const from = query.order === 'only' ? index.photos : index.sorted(query.order)
  const found = from.filter((photo) => tests.every((test) => test(photo)))
  if (query.order === 'only') {
    const indexOf = new Map(query.only?.map((path, i) => [path, i]))
    found.sort((a, b) => indexOf.get(a.path)! - indexOf.get(b.path)!)
  }
  if (query.descending) found.reverse()
  if (query.groupBy === null) return { found, heads: [] }
  const key = keys[query.groupBy]
  const groups = [...Map.groupBy(found, key)]
  // Classes by their index, parts as they are named, days and groups by their first photo in this order.
  if (query.groupBy === 'class') groups.sort(([a], [b]) => Number(a ?? none) - Number(b ?? none))
  const grouped = groups.flatMap(([, members]) => members)
  return { found: grouped, heads: headsOf(grouped, key) }
}

/** What each value of each filter would give under the other filters. */
export function countsUnder(
  dataset: BrowsedDataset,
  filter: PhotoFilter,
  figures: Figures = noFigures,
): PhotoCounts {
  const { classes, photos } = dataset
  const tests = testsOf(dataset, filter, figures)
  const counts: PhotoCounts = {
    total: photos.length,
    found: 0,
    classes: classes.map(() => 0),
    unlabelled: 0,
    splits: { train: 0, val: 0, test: 0 },
    used: 0,
    out: 0,
    findings: {},
    outcomes: { right: 0, wrong: 0, unasked: 0 },
  }
  const set = (Object.keys(tests) as FilterName[]).filter((name) => tests[name] !== always)
  for (const photo of photos) {
    // What fails one filter alone is counted among that filter's own values; what fails two is counted nowhere.
    const failing = set.filter((name) => !tests[name](photo))
    if (failing.length > 1) continue
    const [only] = failing
    const counted = (name: FilterName) => only === undefined || only === name
    if (only === undefined) counts.found += 1
    if (counted('classes')) {
      if (photo.class === null) counts.unlabelled += 1
      else counts.classes[photo.class]! += 1
    }
    if (counted('splits')) counts.splits[photo.split] += 1
    if (counted('out')) counts[photo.out ? 'out' : 'used'] += 1
    if (counted('outcomes')) counts.outcomes[outcomeOf(dataset, photo, figures)] += 1
    if (counted('findings'))
      for (const kind of figures.findings.get(photo.path) ?? [])
        counts.findings[kind] = (counts.findings[kind] ?? 0) + 1
  }
  return counts
}
