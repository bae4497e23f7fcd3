import { randomFor, shuffled } from '../../../shared/random.ts'

/** What belongs together, and is learnt from or asked about as a whole: photos of one group have one number. */
export type Groups = readonly (number | string)[]

/**
 * Deals photos into folds, stratified: each class is spread evenly, by chance, and no group is parted. Groups of several photos
 * are dealt first, large ones before small ones, to where their classes are missing most.
 * @param labels a class a photo
 * @returns a fold a photo, from 0
 */
export function dealFolds(
  labels: ArrayLike<number>,
  folds: number,
  seed: number,
  groups?: Groups,
): Int32Array {
  const order = shuffled(labels.length, randomFor(seed, 'folds'))
  const byGroup = Map.groupBy(order, (photo) => groups?.[photo] ?? `photo ${photo}`)
  const classes = 1 + Array.from(labels).reduce((most, label) => Math.max(most, label), 0)
  const counts = Array.from({ length: folds }, () => new Int32Array(classes))
  const sizes = new Int32Array(folds)
  const dealt = new Int32Array(labels.length)
  const groupsBySize = [...byGroup.values()].toSorted((a, b) => b.length - a.length)
  for (const group of groupsBySize) {
    const has = (fold: number) => group.reduce((sum, photo) => sum + counts[fold]![labels[photo]!]!, 0)
    let best = 0
    for (let fold = 1; fold < folds; fold += 1) {
      const difference = has(fold) - has(best)
      if (difference < 0 || (difference === 0 && sizes[fold]! < sizes[best]!)) best = fold
    }
    for (const photo of group) {
      dealt[photo] = best
      const count = counts[best]!
      count[labels[photo]!] = count[labels[photo]!]! + 1
    }
    sizes[best] = sizes[best]! + group.length
  }
  return dealt
}
