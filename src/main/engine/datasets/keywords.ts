import type { BrowsedPhoto } from '../../../shared/dataset.ts'

/** A keyword and all that it lies under: `a|b|c` is also `a|b` and `a`. */
const withAbove = (keyword: string): string[] => {
  const levels = keyword.split('|')
  return levels.map((_, i) => levels.slice(0, i + 1).join('|'))
}

/** All keywords of these photos with how many carry them, the most frequent first. */
export function keywordsIn(
  photos: readonly Pick<BrowsedPhoto, 'keywords'>[],
): { keyword: string; photos: number }[] {
  const counts = new Map<string, number>()
  for (const { keywords = [] } of photos)
    for (const keyword of new Set(keywords.flatMap(withAbove)))
      counts.set(keyword, (counts.get(keyword) ?? 0) + 1)
  return [...counts]
    .map(([keyword, count]) => ({ keyword, photos: count }))
    .sort((a, b) => b.photos - a.photos || (a.keyword < b.keyword ? -1 : 1))
}

/**
 * The class of each photo by its keywords. Photos without any of them, and those whose keywords say two classes, are not in it.
 * @param classes the class that each chosen keyword means
 */
export function keywordLabels(
  photos: readonly Pick<BrowsedPhoto, 'path' | 'keywords'>[],
  classes: ReadonlyMap<string, string>,
): Map<string, string> {
  const labels = new Map<string, string>()
  for (const { path, keywords = [] } of photos) {
    const said = new Set(keywords.flatMap(withAbove).flatMap((keyword) => classes.get(keyword) ?? []))
    const [only] = said
    if (said.size === 1 && only !== undefined) labels.set(path, only)
  }
  return labels
}
