/** A value at a place of the horizontal axis. */
export interface Point {
  x: number
  y: number
}

/**
 * Exponential moving average, corrected for its beginning as TensorBoard does it: each value weighs (1 − weight) · weightᵏ, k places
 * back, over the sum of these weights. What is no number is passed over.
 * @param weight 0: as it is; towards 1: ever smoother
 */
export function smoothed(points: readonly Point[], weight: number): Point[] {
  if (weight === 0) return [...points]
  let sum = 0
  let total = 0
  return points.map(({ x, y }) => {
    if (!Number.isFinite(y)) return { x, y }
    sum = sum * weight + y * (1 - weight)
    total = total * weight + (1 - weight)
    return { x, y: sum / total }
  })
}
