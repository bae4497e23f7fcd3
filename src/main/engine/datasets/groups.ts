import type { ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import type { GroupRules } from '../../../shared/decisions.ts'
import { matchesOf } from './namePattern.ts'
import { nearDuplicates } from './nearDuplicates.ts'

/** Sets that grow together. */
class Union {
  private readonly parents: Int32Array

  constructor(size: number) {
    this.parents = Int32Array.from({ length: size }, (_, i) => i)
  }

  find(i: number): number {
    let root = i
    while (this.parents[root] !== root) root = this.parents[root]!
    while (this.parents[i] !== root) [this.parents[i], i] = [root, this.parents[i]!]
    return root
  }

  /** The first member stands for all. */
  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)]
    if (x < y) this.parents[y] = x
    else this.parents[x] = y
  }
}

type Photos = readonly ScannedPhoto[]

/** Bursts: one camera, one after the other, each at most so many seconds after the one before. */
function joinBursts(photos: Photos, seconds: number, union: Union): void {
  const timed = [...photos.keys()].filter((i) => photos[i]!.taken !== undefined)
  for (const members of Map.groupBy(timed, (i) => photos[i]!.camera ?? '').values()) {
    const inTime = members.toSorted((a, b) => photos[a]!.taken! - photos[b]!.taken!)
    for (let i = 1; i < inTime.length; i += 1) {
      const [before, now] = [inTime[i - 1]!, inTime[i]!]
      if (photos[now]!.taken! - photos[before]!.taken! <= seconds * 1000) union.join(before, now)
    }
  }
}

/** Everything the person named: photos with the same value belong together. @param match what a pattern found in its name */
function valuesOf(photo: ScannedPhoto, rules: GroupRules, match: string | undefined): string[] {
  const values: string[] = []
  const folders = photo.path.split('/').slice(0, -1)
  // Photos of another source are told by the way there, and what it leads up is no folder of theirs.
  const top = folders.filter((name) => name === '..').length
  // Without so many folders above it, a photo belongs to none.
  if (rules.folderLevel !== null && folders.length >= top + rules.folderLevel)
    values.push(`folder ${folders.slice(0, top + rules.folderLevel).join('/')}`)
  if (rules.day && photo.taken !== undefined)
    values.push(`day ${new Date(photo.taken).toISOString().slice(0, 10)}`)
  if (rules.camera && photo.camera !== undefined) values.push(`camera ${photo.camera}`)
  if (match !== undefined) values.push(`name ${match}`)
  return values
}

/**
 * Which photos were taken as one: for each the path of its group's first photo, and undefined for one that stands alone.
 * Whatever connects two photos – a burst, a near-duplicate, the same bytes, what the person named – connects their groups.
 */
function groupsOf(photos: Photos, rules: GroupRules): { groups: (string | undefined)[]; slow: number } {
  const union = new Union(photos.length)
  if (rules.burstSeconds > 0) joinBursts(photos, rules.burstSeconds, union)
  if (rules.nearDuplicates)
    nearDuplicates(
      photos.map((photo) => photo.signature),
      (a, b) => union.join(a, b),
    )
  const paths = photos.map(({ path }) => path)
  const found = rules.pattern === null ? { values: [], slow: 0 } : matchesOf(rules.pattern, paths)
  const firsts = new Map<string, number>()
  photos.forEach((photo, i) => {
    const values = valuesOf(photo, rules, found.values[i])
    if (rules.nearDuplicates && photo.hash !== undefined) values.push(`bytes ${photo.hash}`)
    for (const value of values) {
      const first = firsts.get(value)
      if (first === undefined) firsts.set(value, i)
      else union.join(first, i)
    }
  })
  const roots = photos.map((_, i) => union.find(i))
  const shared = new Set(roots.filter((root, i) => root !== i))
  const groups = roots.map((root) => (shared.has(root) ? photos[root]!.path : undefined))
  return { groups, slow: found.slow }
}

const slowIn = new WeakMap<ScannedDataset, number>()

/** On how many photos' names the pattern took too long, when the scan's groups were looked for last. */
export const slowNamesOf = (scan: ScannedDataset): number => slowIn.get(scan) ?? 0

/** The scan with the capture group of every photo that has one. */
export function withGroups(scan: ScannedDataset, rules: GroupRules): ScannedDataset {
  const { groups, slow } = groupsOf(scan.photos, rules)
  slowIn.set(scan, slow)
  const photos = scan.photos.map((photo, i) => {
    const group = groups[i]
    return group === undefined ? photo : { ...photo, group }
  })
  return { ...scan, photos }
}
