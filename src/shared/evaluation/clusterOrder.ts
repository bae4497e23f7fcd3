import type { ConfusionMatrix } from '../metrics.ts'

interface Cluster {
  /** Indices of classes, in the order in which they are shown. */
  classes: number[]
}

/**
 * An order of the classes in which those that are mixed up stand beside each other: average-linkage clustering, where two classes
 * are the more alike the larger a share of their photos was taken for the other. What is never mixed up keeps its order, behind.
 * Takes n³ steps: a moment for some hundreds of classes.
 */
export function clusterOrder(matrix: ConfusionMatrix): number[] {
  const totals = matrix.map((row) =>
    Math.max(
      1,
      row.reduce((a, b) => a + b, 0),
    ),
  )
  let clusters: Cluster[] = matrix.map((_, i) => ({ classes: [i] }))
  // [clusters, clusters]: mean likeness of their classes.
  const likeness = matrix.map((row, i) =>
    row.map((n, j) => (i === j ? 0 : n / totals[i]! + matrix[j]![i]! / totals[j]!)),
  )
  for (;;) {
    const best = { a: -1, b: -1, value: 0 }
    for (let a = 0; a < clusters.length; a += 1)
      for (let b = a + 1; b < clusters.length; b += 1)
        if (likeness[a]![b]! > best.value) Object.assign(best, { a, b, value: likeness[a]![b]! })
    if (best.value === 0) break
    const [x, y] = [clusters[best.a]!, clusters[best.b]!]
    const [m, n] = [x.classes.length, y.classes.length]
    for (let c = 0; c < clusters.length; c += 1) {
      const joined = (likeness[best.a]![c]! * m + likeness[best.b]![c]! * n) / (m + n)
      likeness[best.a]![c] = joined
      likeness[c]![best.a] = joined
    }
    likeness[best.a]![best.a] = 0
    clusters[best.a] = { classes: [...x.classes, ...y.classes] }
    clusters = clusters.filter((_, c) => c !== best.b)
    likeness.splice(best.b, 1)
    for (const row of likeness) row.splice(best.b, 1)
  }
  const [mixed, alone] = [
    clusters.filter(({ classes }) => classes.length > 1),
    clusters.filter(({ classes }) => classes.length === 1),
  ]
  return [...mixed.toSorted((a, b) => b.classes.length - a.classes.length), ...alone].flatMap(
    ({ classes }) => classes,
  )
}
