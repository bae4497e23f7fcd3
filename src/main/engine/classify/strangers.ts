/** What the network has never seen anything like: photos far from all training photos in feature space. */

import type { Matrix } from '../bank/matrix.ts'
import { unitRows } from '../bank/neighbours.ts'

/** How many of the nearest training photos count (Sun et al. 2022, k-th nearest neighbour of normalised features). */
export const neighbours = 5

/** Training photos that distances are measured to; more of them cost time and tell little more. */
export const mostReferences = 5000

/** Distances to the training photos of a network. */
export class References {
  private readonly unit: Matrix

  /** @param features of training photos, [photos, channels] */
  constructor(features: Matrix) {
    this.unit = unitRows(features)
  }

  get channels(): number {
    return this.unit.columns
  }

  /** Euclidean distance of normalised features to the k-th nearest training photo, 0 to 2. @param features [channels], of any length */
  distance(features: Float32Array): number {
    const { values, columns } = this.unit
    const { values: own } = unitRows({ values: features, rows: 1, columns })
    const nearest = new Array<number>(neighbours).fill(-1)
    for (let at = 0; at < values.length; at += columns) {
      let cosine = 0
      for (let c = 0; c < columns; c += 1) cosine += own[c]! * values[at + c]!
      if (cosine <= nearest[0]!) continue
      // The least similar of the nearest is first.
      let index = 0
      while (index + 1 < neighbours && nearest[index + 1]! < cosine) {
        nearest[index] = nearest[index + 1]!
        index += 1
      }
      nearest[index] = cosine
    }
    return Math.sqrt(Math.max(0, 2 - 2 * nearest[0]!))
  }
}

/**
 * The distance that keeps a share of the validation photos: what is farther is a stranger.
 * @param distances of validation photos, ascending
 */
export function strangerLimit(distances: ArrayLike<number>, keep: number): number {
  if (distances.length === 0) return Infinity
  return distances[Math.min(distances.length - 1, Math.ceil(distances.length * keep) - 1)]!
}
