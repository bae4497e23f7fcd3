export interface Threshold {
  /** Answers that are at least so sure are taken. */
  from: number
  photos: number
  correct: number
}

/** What is answered, and how much of it rightly, if only answers of at least a certainty are taken: from 0 to 1 in equal steps. */
export function thresholdCurve(
  photos: readonly { truth: number; answer: number; probability: number }[],
  steps = 100,
): Threshold[] {
  const sorted = photos.toSorted((a, b) => b.probability - a.probability)
  const curve: Threshold[] = []
  let [taken, correct] = [0, 0]
  for (let step = steps; step >= 0; step -= 1) {
    const from = step / steps
    for (; taken < sorted.length && sorted[taken]!.probability >= from; taken += 1)
      correct += Number(sorted[taken]!.truth === sorted[taken]!.answer)
    curve.push({ from, photos: taken, correct })
  }
  return curve.reverse()
}
