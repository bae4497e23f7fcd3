/**
 * Average precision of one class against all others: Σ (Rₙ − Rₙ₋₁) · Pₙ over the thresholds of its scores, highest first, as
 * scikit-learn's `average_precision_score` has it (no interpolation; equal scores share one threshold).
 * @param scores how likely each photo shows the class; any increasing function of the probability gives the same, [photos]
 * @param shows whether it does, [photos]
 * @returns null if no photo shows it
 */
export function averagePrecision(scores: ArrayLike<number>, shows: readonly boolean[]): number | null {
  const positives = shows.filter(Boolean).length
  if (positives === 0) return null
  const order = Array.from(shows, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  let right = 0
  let rightBefore = 0
  let sum = 0
  order.forEach((photo, rank) => {
    if (shows[photo]) right += 1
    const next = order[rank + 1]
    if (next !== undefined && scores[next] === scores[photo]) return
    sum += ((right - rightBefore) / positives) * (right / (rank + 1))
    rightBefore = right
  })
  return sum
}
