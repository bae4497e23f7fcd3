import type { Split } from '../../../shared/dataset.ts'
import { randomFor, shuffled } from '../../../shared/random.ts'

/** Share of a class's photos that is kept for validation where the folder does not say which. */
export const defaultValShare = 0.2

/**
 * Draws one class's split: `valShare` of its photos, rounded, but at least one on each side if there are two. The photos'
 * order and the seed decide, nothing else.
 * @param place the class's place in the dataset
 */
export function drawSplit(photos: number, place: number, seed: number, valShare: number): Split[] {
  const wanted = Math.round(photos * valShare)
  const val = photos < 2 ? 0 : Math.min(Math.max(wanted, 1), photos - 1)
  const splits = Array.from({ length: photos }, (): Split => 'train')
  for (const i of shuffled(photos, randomFor(seed, 'split', place)).slice(0, val)) splits[i] = 'val'
  return splits
}
