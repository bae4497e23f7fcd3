/** What the network has never seen anything like: photos far from all training photos in feature space. */

/** How many of the nearest training photos count (Sun et al. 2022, k-th nearest neighbour of normalised features). */
export const neighbours = 5

/** Training photos that distances are measured to; more of them cost time and tell little more. */
export const mostReferences = 5000

/** Scales rows to length 1, in place, so that a distance tells direction alone. @param features row-major [photos, channels] */
export function normaliseRows(features: Float32Array, channels: number): Float32Array {
  for (let at = 0; at < features.length; at += channels) {
    let square = 0
    for (let c = 0; c < channels; c += 1) square += features[at + c]! ** 2
    const length = Math.sqrt(square) || 1
    for (let c = 0; c < channels; c += 1) features[at + c] = features[at + c]! / length
  }
  return features
}

/** Distances to the training photos of a network. */
export class References {
  private readonly features: Float32Array
  private readonly channels: number

  /** @param features of training photos, row-major [photos, channels], each of length 1 */
  constructor(features: Float32Array, channels: number) {
    this.features = features
    this.channels = channels
  }

  /** Euclidean distance of normalised features to the k-th nearest training photo, 0 to 2. @param features [channels], of any length */
  distance(features: Float32Array): number {
    const own = normaliseRows(features.slice(), this.channels)
    const nearest = new Array<number>(neighbours).fill(-1)
    for (let at = 0; at < this.features.length; at += this.channels) {
      let cosine = 0
      for (let c = 0; c < this.channels; c += 1) cosine += own[c]! * this.features[at + c]!
      if (cosine <= nearest[0]!) continue
      // The least similar of the nearest is first.
      let place = 0
      while (place + 1 < neighbours && nearest[place + 1]! < cosine) {
        nearest[place] = nearest[place + 1]!
        place += 1
      }
      nearest[place] = cosine
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
