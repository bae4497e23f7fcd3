/** Photos that two networks answered, counted by who was right. */
export interface PairedCounts {
  both: number
  onlyA: number
  onlyB: number
  neither: number
}

/** Counts photos by who answered rightly, both lists over the same photos. */
export function pairedCounts(a: readonly boolean[], b: readonly boolean[]): PairedCounts {
  const counts = { both: 0, onlyA: 0, onlyB: 0, neither: 0 }
  a.forEach((right, photo) => {
    if (right) counts[b[photo] ? 'both' : 'onlyA'] += 1
    else counts[b[photo] ? 'onlyB' : 'neither'] += 1
  })
  return counts
}

/**
 * McNemar's exact test of two networks on the same photos: how likely so uneven a split of the photos that only one of them
 * answered rightly would be if both were equally good, two-sided. It is the binomial test of `onlyA` in `onlyA + onlyB` trials
 * at one half: p = min(1, 2 · Σ_{k ≤ min} C(n, k) / 2ⁿ).
 */
export function mcnemar({ onlyA, onlyB }: Pick<PairedCounts, 'onlyA' | 'onlyB'>): number {
  const n = onlyA + onlyB
  const least = Math.min(onlyA, onlyB)
  if (2 * least === n) return 1
  // From the largest term down, relative to it, so that nothing underflows: C(n, k−1) = C(n, k) · k / (n − k + 1).
  let term = 1
  let sum = 0
  for (let k = least; k >= 0 && term > 0; k -= 1) {
    sum += term
    term *= k / (n - k + 1)
  }
  return Math.min(1, 2 * sum * Math.exp(logChoose(n, least) - n * Math.LN2))
}

/** log C(n, k), summed term by term: exact enough for any number of photos, and no approximation to explain. */
function logChoose(n: number, k: number): number {
  let sum = 0
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i)
  return sum
}

/**
 * Holm's correction for several comparisons at once (Holm 1979): the j-th smallest of m p-values counts (m − j + 1) times, and
 * none less than a smaller one. In the given order.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!)
  const adjusted = new Array<number>(ps.length)
  let largest = 0
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, ps[index]! * (ps.length - rank)))
    adjusted[index] = largest
  })
  return adjusted
}
