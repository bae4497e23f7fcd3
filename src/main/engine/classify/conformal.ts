/** Sets of classes that hold the right one as often as was promised: split conformal prediction (Vovk et al. 2005). */
import type { Answer } from '../../../shared/api/classify.ts'
import { rankOfPromise } from '../../../shared/promise.ts'

/**
 * The temperature changes how sure an answer is, never which is first: p^(1/T), normalised again.
 * @param top all classes, or the likeliest of very many; what is not among them keeps its share
 */
export function calibrated(top: readonly Answer[], temperature: number): Answer[] {
  const total = top.reduce((sum, { probability }) => sum + probability, 0)
  const powers = top.map(({ probability }) => probability ** (1 / temperature))
  const sum = powers.reduce((a, b) => a + b, 0)
  return top.map((answer, i) => ({
    ...answer,
    probability: sum === 0 ? 0 : (Math.min(1, total) * powers[i]!) / sum,
  }))
}

/**
 * How improbable the right class may have been for a class to be in the set: the ⌈(n + 1) · promise⌉th smallest of the validation
 * photos' scores 1 − p(right class), which holds the promise for any network. 1, all classes, where there are too few photos.
 * @param scores ascending
 */
export function conformalLimit(scores: ArrayLike<number>, promise: number): number {
  const rank = rankOfPromise(scores.length, promise)
  return rank === undefined ? 1 : scores[rank - 1]!
}

/** The classes that the promise needs, likeliest first. The first is always among them, so no set is empty. */
export const setOf = (top: readonly Answer[], limit: number): Answer[] =>
  top.filter(({ probability }, index) => index === 0 || 1 - probability <= limit)

/** log n! for n up to a list of photos' length, by Stirling's series (Abramowitz & Stegun 6.1.41) above 20. */
function logFactorial(n: number): number {
  if (n < 20) {
    let sum = 0
    for (let i = 2; i <= n; i += 1) sum += Math.log(i)
    return sum
  }
  const x = n + 1
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3)
}

/** P(Beta(k, n + 1 − k) ≤ x), which is P(Binomial(n, x) ≥ k). */
function betaBelow(x: number, k: number, n: number): number {
  let sum = 0
  for (let i = k; i <= n; i += 1)
    sum += Math.exp(
      logFactorial(n) - logFactorial(i) - logFactorial(n - i) + i * Math.log(x) + (n - i) * Math.log1p(-x),
    )
  return Math.min(1, sum)
}

function betaQuantile(share: number, k: number, n: number): number {
  let [low, high] = [0, 1]
  // 50 halvings leave 1e-15.
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2
    if (betaBelow(middle, k, n) > share) high = middle
    else low = middle
  }
  return (low + high) / 2
}

/**
 * What the promise may be in truth for the photos at hand: given these n validation photos, the coverage of all further ones is
 * Beta(k, n + 1 − k)-distributed with k = ⌈(n + 1) · promise⌉ (Vovk 2012); its 95% interval.
 */
export function promiseInterval(photos: number, promise: number): [number, number] {
  const rank = rankOfPromise(photos, promise)
  if (rank === undefined) return [photos === 0 ? 0 : betaQuantile(0.025, photos, photos), 1]
  return [betaQuantile(0.025, rank, photos), betaQuantile(0.975, rank, photos)]
}
