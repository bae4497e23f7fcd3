import type { ConfusionMatrix } from '../metrics.ts'

/** [classes, classes]: what share of each one's photos was taken for the other, both added up. */
function likenessOf(matrix: ConfusionMatrix): number[][] {
  const totals = matrix.map((row) => Math.max(1, sumOf(row)))
  return matrix.map((row, i) =>
    row.map((n, j) => (i === j ? 0 : n / totals[i]! + matrix[j]![i]! / totals[j]!)),
  )
}

const sumOf = (row: readonly number[]) => row.reduce((a, b) => a + b, 0)

/** Clusters of classes, each under its first one's index, and the mean likeness of their classes. */
class Clusters {
  private readonly classes: (number[] | undefined)[]
  private readonly likeness: number[][]
  /** To each cluster the one behind it that is most like it, the first of several; -1: none is. */
  private readonly nearest: number[]

  constructor(matrix: ConfusionMatrix) {
    this.classes = matrix.map((_, i) => [i])
    this.likeness = likenessOf(matrix)
    this.nearest = matrix.map((_, i) => this.nearestOf(i))
  }

  private nearestOf(a: number): number {
    const row = this.likeness[a]!
    let found = -1
    for (let b = a + 1; b < row.length; b += 1)
      if (this.classes[b] && row[b]! > (found === -1 ? 0 : row[found]!)) found = b
    return found
  }

  /** Joins the two that are most alike; false where none are. */
  joinMostAlike(): boolean {
    let [a, most] = [-1, 0]
    for (const [at, b] of this.nearest.entries())
      if (this.classes[at] && b !== -1 && this.likeness[at]![b]! > most)
        [a, most] = [at, this.likeness[at]![b]!]
    if (a === -1) return false
    const b = this.nearest[a]!
    const [x, y] = [this.classes[a]!, this.classes[b]!]
    this.classes[a] = [...x, ...y]
    this.classes[b] = undefined
    for (const [c, its] of this.classes.entries()) {
      if (!its || c === a) continue
      const [toA, toB] = [this.likeness[a]![c]!, this.likeness[b]![c]!]
      const joined = (toA * x.length + toB * y.length) / (x.length + y.length)
      this.likeness[a]![c] = joined
      this.likeness[c]![a] = joined
    }
    for (const [c, its] of this.classes.entries()) if (its) this.follow(c, a, b)
    return true
  }

  /** What is nearest to `c` now that `b` has become a part of `a`. */
  private follow(c: number, a: number, b: number): void {
    const known = this.nearest[c]!
    if (c === a || known === a || known === b) this.nearest[c] = this.nearestOf(c)
    else if (a > c) {
      const [now, before] = [this.likeness[c]![a]!, known === -1 ? 0 : this.likeness[c]![known]!]
      if (now > before || (now === before && known > a)) this.nearest[c] = a
    }
  }

  all(): number[][] {
    return this.classes.filter((it) => it !== undefined)
  }
}

/**
 * An order of the classes in which those that are mixed up stand beside each other: average-linkage clustering, where two classes
 * are the more alike the larger a share of their photos was taken for the other. What is never mixed up keeps its order, behind.
 * Takes about n² steps, n³ at worst.
 */
export function clusterOrder(matrix: ConfusionMatrix): number[] {
  const clusters = new Clusters(matrix)
  while (clusters.joinMostAlike());
  const all = clusters.all()
  const mixed = all.filter((it) => it.length > 1).toSorted((a, b) => b.length - a.length)
  return [...mixed, ...all.filter((it) => it.length === 1)].flat()
}
