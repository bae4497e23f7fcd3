import { z } from 'zod'

/** How well a network answered a set of photos. */
export const Score = z.strictObject({
  /** Mean over the photos. */
  loss: z.number(),
  /** correct / total */
  accuracy: z.number(),
  correct: z.int(),
  total: z.int(),
  /** Wilson's 95% interval of the accuracy. */
  interval: z.tuple([z.number(), z.number()]),
})
export type Score = z.infer<typeof Score>

/** The two-sided 95% quantile of the normal distribution. */
const z95 = 1.959963984540054

/**
 * Wilson's score interval for `correct` of `total` (Wilson 1927): unlike the textbook's ± it stays within 0–1 and is right for
 * small sets and for accuracies near 1. An empty set tells nothing: [0, 1].
 */
export function wilson(correct: number, total: number, quantile = z95): [number, number] {
  if (total === 0) return [0, 1]
  const p = correct / total
  const square = quantile * quantile
  const middle = p + square / (2 * total)
  const reach = quantile * Math.sqrt((p * (1 - p)) / total + square / (4 * total * total))
  const scale = 1 + square / total
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)]
}

/** `lossSum` is the sum over the photos. */
export function scoreOf(lossSum: number, correct: number, total: number): Score {
  return {
    loss: total ? lossSum / total : 0,
    accuracy: total ? correct / total : 0,
    correct,
    total,
    interval: wilson(correct, total),
  }
}

/** Rows are what the photos show, columns what the network said. */
export type ConfusionMatrix = number[][]

export function emptyConfusion(classes: number): ConfusionMatrix {
  return Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
}

/** A confusion matrix by its cells that are not empty: with 1,000 classes and 5,000 photos that is one in 200. */
export const SparseConfusion = z.strictObject({
  classes: z.int(),
  /** [what the photos show, what the network said, how many] */
  cells: z.array(z.tuple([z.int(), z.int(), z.int()])),
})
export type SparseConfusion = z.infer<typeof SparseConfusion>

export const sparseConfusion = (matrix: ConfusionMatrix): SparseConfusion => ({
  classes: matrix.length,
  cells: matrix.flatMap((row, shown) =>
    row.flatMap((photos, said): [number, number, number][] => (photos > 0 ? [[shown, said, photos]] : [])),
  ),
})

export function denseConfusion({ classes, cells }: SparseConfusion): ConfusionMatrix {
  const matrix = emptyConfusion(classes)
  for (const [shown, said, photos] of cells) matrix[shown]![said] = photos
  return matrix
}

/** How well one class was answered. */
export interface ClassScore {
  /** Photos that show it. */
  photos: number
  /** Of the photos that were called it, the share that show it; null if none was. */
  precision: number | null
  /** Of the photos that show it, the share that were called it; null if none does. */
  recall: number | null
  /** The harmonic mean of the two: 2 · right / (shown + called); null if it was neither shown nor called. */
  f1: number | null
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** Precision, recall and F1 of each class, as in scikit-learn; what would be 0/0 is not defined, and null. */
export function classScores(matrix: ConfusionMatrix): ClassScore[] {
  return matrix.map((row, i) => {
    const photos = row.reduce((a, b) => a + b, 0)
    const called = matrix.reduce((sum, other) => sum + (other[i] ?? 0), 0)
    const right = row[i] ?? 0
    return {
      photos,
      precision: ratio(right, called),
      recall: ratio(right, photos),
      f1: ratio(2 * right, photos + called),
    }
  })
}

/** Two classes that were taken for each other: photos of `truth` that were called `said`. */
export interface MixUp {
  truth: number
  said: number
  photos: number
}

/** Every mix-up there was, the most frequent first. */
export function mixUps(matrix: ConfusionMatrix): MixUp[] {
  return matrix
    .flatMap((row, truth) => row.map((photos, said) => ({ truth, said, photos })))
    .filter(({ truth, said, photos }) => truth !== said && photos > 0)
    .toSorted((a, b) => b.photos - a.photos)
}
