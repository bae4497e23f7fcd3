import type { Photo } from '../../../shared/dataset.ts'
import { randomFor, shuffled } from '../../../shared/random.ts'

/**
 * A few validation photos to be watched while a run learns: drawn by its seed, each class in turn, so that no class is missed
 * while there is room. They stay the same for all of the run.
 * @returns their places in `photos`
 */
export function watchedIndices(photos: readonly Photo[], seed: number, count: number): number[] {
  const drawn = shuffled(photos.length, randomFor(seed, 'sample'))
  const byClass = [...Map.groupBy(drawn, (index) => photos[index]!.class)]
    .sort(([a], [b]) => a - b)
    .map(([, indices]) => indices)
  const chosen: number[] = []
  for (let turn = 0; chosen.length < Math.min(count, photos.length); turn += 1)
    for (const indices of byClass) {
      const index = indices[turn]
      if (index !== undefined && chosen.length < count) chosen.push(index)
    }
  return chosen
}
