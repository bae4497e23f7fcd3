import type { Grouping } from '../../../shared/api/datasets.ts'
import type { BrowsedDataset } from '../../../shared/dataset.ts'

/** Capture groups as they stand: those that lie in two parts, and classes that are one group and so cannot be split. */
export function groupingOf({ classes, photos }: BrowsedDataset): Omit<Grouping, 'rules' | 'slowNames'> {
  const used = photos.filter((photo) => !photo.out && photo.class !== null)
  const groups = [...Map.groupBy(used, (photo) => photo.group ?? photo.path).values()]
  const leaks = groups
    .filter((members) => new Set(members.map((photo) => photo.split)).size > 1)
    .map((members) => members.map(({ path, split }) => ({ path, split })))
  const groupsOfClass = classes.map(() => 0)
  for (const members of groups)
    for (const label of new Set(members.map((photo) => photo.class!))) groupsOfClass[label]! += 1
  const sizes = classes.map(() => 0)
  for (const photo of used) sizes[photo.class!]! += 1
  const shared = groups.filter((members) => members.length > 1)
  return {
    groups: shared.length,
    grouped: shared.reduce((sum, members) => sum + members.length, 0),
    leaks,
    undivided: classes.filter((_, i) => groupsOfClass[i] === 1 && sizes[i]! > 1),
  }
}
