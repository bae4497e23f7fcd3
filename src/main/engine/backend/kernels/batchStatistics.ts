/**
 * From how large a mean on, in standard deviations, plain squares lose too many digits: their sum is off by some 1e-9 of itself,
 * and that is as many times more of the variance as the square of this.
 */
const farFromZero = 8

/**
 * A batch's mean and variance by channel, in float64.
 * @param rows numbers a channel
 * @param sums of x
 * @param squares sums of (x − around)², `around` being rounded to float32; null: of x²
 * @returns the variance divided by `rows`, and by `rows` − 1 (Bessel's correction) as `unbiased`
 */
export function batchStatistics(
  rows: number,
  sums: Float64Array,
  squares: (around: Float64Array | null) => Float64Array,
): Record<'mean' | 'variance' | 'unbiased', Float64Array> {
  const mean = sums.map((sum) => sum / rows)
  // E[(x − a)²] − (E[x] − a)²
  const from = (means: Float64Array, around: (c: number) => number) =>
    means.map((sum, c) => Math.max(0, sum / rows - (mean[c]! - around(c)) ** 2))
  let variance = from(squares(null), () => 0)
  if (mean.some((it, c) => it ** 2 > farFromZero ** 2 * variance[c]!))
    variance = from(squares(mean), (c) => Math.fround(mean[c]!))
  return { mean, variance, unbiased: variance.map((it) => it * (rows / Math.max(1, rows - 1))) }
}
