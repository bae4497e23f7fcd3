import type { PromisePoint } from '../../../shared/api/classify.ts'
import { conformalLimit } from './conformal.ts'

/** Validation photos as the cross-fitted network answered them. */
export interface ValidationAnswers {
  classes: number
  /** The class each shows, [photos]. */
  targets: readonly number[]
  /** Calibrated by the other folds, row-major [photos, classes]. */
  probabilities: readonly number[]
}

export const promises = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995] as const

/** Fewer validation photos than this promise too little. */
export const enoughPhotos = 200

/** 1 − p(right class) of each photo. */
export const scoresOf = ({ classes, targets, probabilities }: ValidationAnswers): number[] =>
  targets.map((target, row) => 1 - probabilities[row * classes + target]!)

/** Without the one at `place`. */
function without(sorted: readonly number[], index: number): number[] {
  return sorted.toSpliced(index, 1)
}

/**
 * What each promise costs: every validation photo is judged by the limit that the others set.
 * @param groups indices of classes that count as one where the promise needs several of them: such a photo is answered by its group,
 *   which is a mistake where it shows none of these
 * @returns a point a promise
 */
export function promiseCurve(
  validation: ValidationAnswers,
  groups: readonly (readonly number[])[] = [],
): PromisePoint[] {
  const { classes, targets, probabilities } = validation
  const scores = scoresOf(validation)
  const sorted = scores.toSorted((a, b) => a - b)
  return promises.map((promise) => {
    // Of all but one only two limits are possible: the one at the rank, or its neighbour.
    const above = conformalLimit(without(sorted, 0), promise)
    const below = conformalLimit(without(sorted, sorted.length - 1), promise)
    let tray = 0
    let mistakes = 0
    let covered = 0
    targets.forEach((target, row) => {
      const limit = scores[row]! <= below ? above : below
      const mine = probabilities.slice(row * classes, (row + 1) * classes)
      const first = mine.indexOf(Math.max(...mine))
      const set = mine.flatMap((p, c) => (c === first || 1 - p <= limit ? [c] : []))
      if (set.includes(target)) covered += 1
      const answer = set.length === 1 ? set : groups.find((group) => set.every((c) => group.includes(c)))
      if (!answer) tray += 1
      else if (!answer.includes(target)) mistakes += 1
    })
    const n = Math.max(1, targets.length)
    return { promise, tray: tray / n, mistakes: mistakes / n, coverage: covered / n }
  })
}
