import type { Answers } from './answers.ts'
import { answered } from './answers.ts'

/** Mean negative log-likelihood of the right classes: the cross entropy. 0 without photos. */
export function negativeLogLikelihood({ classes, targets, logProbabilities }: Answers): number {
  if (targets.length === 0) return 0
  let sum = 0
  targets.forEach((target, row) => (sum -= logProbabilities[row * classes + target]!))
  return sum / targets.length
}

/**
 * Brier's score as he defined it for several classes (Brier 1950): the mean over the photos of Σ_c (p_c − y_c)², from 0, all
 * right and certain, to 2. 0 without photos.
 */
export function brierScore({ classes, targets, logProbabilities }: Answers): number {
  if (targets.length === 0) return 0
  let sum = 0
  targets.forEach((target, row) => {
    for (let c = 0; c < classes; c += 1)
      sum += (Math.exp(logProbabilities[row * classes + c]!) - (c === target ? 1 : 0)) ** 2
  })
  return sum / targets.length
}

/** Photos whose top probability lies in (from, to]. */
export interface ReliabilityBin {
  from: number
  to: number
  photos: number
  correct: number
  /** Mean top probability; null if there is no photo. */
  confidence: number | null
}

/** More than the softmax of many classes loses by rounding, and less than any two answers differ by. */
const rounding = 1e-12

/**
 * Whether a probability lies in (from, to]. One that is an edge in truth, such as two thirds, may have been computed a last digit beside
 * it: it still belongs below.
 */
export const liesIn = (probability: number, [from, to]: readonly [number, number]): boolean =>
  probability > from + rounding && probability <= to + rounding

/** Bins that calibration is told in, as in Guo et al. 2017. */
const usualBins = 15

/** How often the network is right where it is so certain: `bins` equal bins of the top probability. */
export function reliability(answers: Answers, bins = usualBins): ReliabilityBin[] {
  const photos = new Array<number>(bins).fill(0)
  const correct = new Array<number>(bins).fill(0)
  const certainty = new Array<number>(bins).fill(0)
  answered(answers).forEach((answer, row) => {
    const top = Math.exp(answers.logProbabilities[row * answers.classes + answer]!)
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil((top - rounding) * bins) - 1))
    photos[bin]! += 1
    certainty[bin]! += top
    if (answer === answers.targets[row]) correct[bin]! += 1
  })
  return photos.map((count, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    photos: count,
    correct: correct[bin]!,
    confidence: count === 0 ? null : certainty[bin]! / count,
  }))
}

/** Expected calibration error: the mean over the photos of |accuracy − confidence| of their bin. 0 without photos. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const photos = bins.reduce((sum, bin) => sum + bin.photos, 0)
  if (photos === 0) return 0
  const sum = bins.reduce(
    (total, { photos: count, correct, confidence }) =>
      confidence === null ? total : total + Math.abs(correct - confidence * count),
    0,
  )
  return sum / photos
}
