import type { Matrix } from './matrix.ts'
import { rowsOf } from './matrix.ts'
import { unitRows } from './neighbours.ts'
import type { Head } from './probe.ts'
import { probabilitiesBy } from './probe.ts'

export interface Suggestion {
  /** Index among the photos that were given. */
  index: number
  /** [classes] */
  probabilities: number[]
  /** Between the two likeliest classes: small where the head cannot tell. */
  margin: number
}

/** Nearer photos than this, as cosine distance, would teach nearly the same. */
const tooAlike = 0.05

/**
 * Which unlabelled photos teach most: those the head is least sure of, and no two that are nearly the same.
 * @param count how many at most
 */
export function labelNext(head: Head, unlabelled: Matrix, count: number): Suggestion[] {
  const { classes } = head
  const all = probabilitiesBy(head, unlabelled)
  const suggestions = Array.from({ length: unlabelled.rows }, (_, index): Suggestion => {
    const probabilities = [...all.subarray(index * classes, (index + 1) * classes)]
    const [first, second] = probabilities.toSorted((a, b) => b - a)
    return { index, probabilities, margin: first! - (second ?? 0) }
  }).sort((a, b) => a.margin - b.margin || a.index - b.index)
  const chosen: Suggestion[] = []
  const rows: Float32Array[] = []
  for (const suggestion of suggestions) {
    if (chosen.length === count) break
    const row = unitRows(rowsOf(unlabelled, [suggestion.index])).values
    const isNew = rows.every((other) => 1 - other.reduce((sum, x, j) => sum + x * row[j]!, 0) > tooAlike)
    if (!isNew) continue
    chosen.push(suggestion)
    rows.push(row)
  }
  return chosen
}
