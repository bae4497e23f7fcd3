import { loneliness, neighbours } from '../bank/neighbours.ts'
import type { Check } from './subject.ts'

const k = 10
/** Deviations from the middle (1.4826 · median absolute deviation) from which a photo is unlike all others. */
const far = 4
/** Fewer photos have no middle to be far from. */
const fewest = 20

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** Photos whose nearest neighbours are far away: a screenshot among bees. */
export const outliers: Check = async ({ photos, features, signal }) => {
  if (photos.length < fewest) return []
  const lonely = [...loneliness(await neighbours(features, k, signal ? { signal } : {}))]
  const middle = median(lonely)
  const deviation = 1.4826 * median(lonely.map((it) => Math.abs(it - middle)))
  return lonely
    .map((distance, index) => ({ distance, index }))
    .filter(({ distance }) => distance > middle + far * deviation && deviation > 0)
    .sort((a, b) => b.distance - a.distance)
    .map(({ distance, index }) => ({
      finding: 'outlier' as const,
      photos: [photos[index]!.path],
      detail: { distance, usual: middle },
    }))
}
