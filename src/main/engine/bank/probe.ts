import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import type { Groups } from './folds.ts'
import { dealFolds } from './folds.ts'
import type { Matrix } from './matrix.ts'
import { rowsOf } from './matrix.ts'
import type { Solution } from './regression.ts'
import type { OnShare } from './regression.ts'
import { Regression } from './regression.ts'

/** A linear layer on features as they are, with a row a class: what PyTorch's Linear holds. */
export interface Head {
  /** [classes, channels] */
  weights: Float64Array
  /** [classes]; −Infinity for a class that no photo showed. */
  biases: Float64Array
  classes: number
}

export interface ProbeOptions {
  /** As scikit-learn's C. Default 1. */
  C?: number
  /** Solved to a mean loss that is right to about 1e-7: enough to count right answers. */
  isRough?: boolean
  /** As `SolveOptions.turn`, where others have their turn. */
  turn?: number | undefined
  signal?: AbortSignal | undefined
}

/** The gradient's norm a photo at which a rough solution is left. */
const roughNorm = 1e-5

/** Labels renumbered without the classes that do not occur. */
function occurring(labels: ArrayLike<number>): { indices: number[]; numbers: Int32Array } {
  const indices = [...new Set(Array.from(labels))].sort((a, b) => a - b)
  const numbers = Int32Array.from(labels, (label) => indices.indexOf(label))
  return { indices, numbers }
}

/** Two classes share one logit; half of it each, with opposite signs, is the same softmax. */
export function headOf(
  { weights, biases }: Pick<Solution, 'weights' | 'biases'>,
  columns: number,
  indices: readonly number[],
  classes: number,
): Head {
  const head: Head = {
    weights: new Float64Array(classes * columns),
    biases: new Float64Array(classes).fill(-Infinity),
    classes,
  }
  indices.forEach((index, k) => {
    const share = indices.length === 2 ? (k === 1 ? 0.5 : -0.5) : 1
    const row = indices.length === 2 ? 0 : k
    head.biases[index] = biases[row]! * share
    for (let j = 0; j < columns; j += 1)
      head.weights[index * columns + j] = weights[row * columns + j]! * share
  })
  return head
}

/** Softmax of the head's logits, [photos, classes]; a class without photos has 0. */
export function probabilitiesBy({ weights, biases, classes }: Head, features: Matrix): Float64Array {
  const { values, rows, columns } = features
  const probabilities = new Float64Array(rows * classes)
  for (let i = 0; i < rows; i += 1) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes)
    for (let k = 0; k < classes; k += 1) {
      let logit = biases[k]!
      if (logit !== -Infinity)
        for (let j = 0, x = i * columns, w = k * columns; j < columns; j += 1, x += 1, w += 1)
          logit += values[x]! * weights[w]!
      row[k] = logit
    }
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity)
    const sum = row.reduce((total, z, k) => total + (row[k] = Math.exp(z - largest)), 0)
    for (let k = 0; k < classes; k += 1) row[k] = row[k]! / sum
  }
  return probabilities
}

/** A head that knows one class only. */
function constantHead(index: number, classes: number, columns: number): Head {
  const biases = new Float64Array(classes).fill(-Infinity)
  biases[index] = 0
  return { weights: new Float64Array(classes * columns), biases, classes }
}

/**
 * Learns a head from features: logistic regression on features standardised by these photos' mean and deviation, with L2
 * penalty: scikit-learn's StandardScaler and LogisticRegression(C=1, tol=1e-10, max_iter=10000).
 * @param labels a class a photo, of `classes`
 * @throws ThawError probe.one-class, cancelled
 */
export function probe(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  options: ProbeOptions = {},
): Head {
  const { regression, asked, headBy } = problemOf(features, labels, classes, options)
  try {
    return headBy(regression.solve(asked))
  } finally {
    regression.dispose()
  }
}

/** As `probe`; meanwhile others have their turn, so that thousands of classes can be cancelled and seen. @throws ThawError probe.one-class, cancelled */
export async function probeInTurns(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  { onShare, ...options }: ProbeOptions & { onShare?: OnShare | undefined } = {},
): Promise<Head> {
  const { regression, asked, headBy } = problemOf(features, labels, classes, options)
  try {
    return headBy(await regression.solveInTurns(asked, onShare))
  } finally {
    regression.dispose()
  }
}

function problemOf(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  { C = 1, isRough = false, turn, signal }: ProbeOptions,
) {
  const { indices, numbers } = occurring(labels)
  if (indices.length < 2) throw new ThawError('probe.one-class')
  const counts = new Uint8Array(labels.length).fill(1)
  const rough = isRough ? { gradientNorm: roughNorm * labels.length } : {}
  return {
    regression: new Regression(features, numbers, indices.length),
    asked: { counts, C, turn, signal, ...rough },
    headBy: (solution: Solution) => headOf(solution, features.columns, indices, classes),
  }
}

export interface OutOfFold {
  /** A fold a photo, from 0. */
  folds: Int32Array
  /** By a head that has not learnt from the photo’s fold, [photos, classes]. */
  probabilities: Float64Array
}

export interface FoldOptions extends ProbeOptions {
  folds: number
  seed: number
  groups?: Groups | undefined
  /** In hundredths of a fold. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
}

const hundredths = 100

/**
 * What heads say of photos that they have not learnt from: k-fold, stratified, groups kept whole.
 * @throws ThawError probe.one-class, probe.too-few, cancelled
 */
export async function outOfFold(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: number,
  { folds: count, seed, groups, C = 1, turn, signal, onProgress }: FoldOptions,
): Promise<OutOfFold> {
  const { indices, numbers } = occurring(labels)
  if (indices.length < 2) throw new ThawError('probe.one-class')
  if (labels.length < count) throw new ThawError('probe.too-few', { photos: labels.length, folds: count })
  const folds = dealFolds(labels, count, seed, groups)
  const probabilities = new Float64Array(features.rows * classes)
  const regression = new Regression(features, numbers, indices.length)
  try {
    let start: Solution | undefined
    for (let fold = 0; fold < count; fold += 1) {
      await nextTurn()
      if (signal?.aborted) throw new ThawError('cancelled')
      const counts = Uint8Array.from(folds, (it) => (it === fold ? 0 : 1))
      const learnt = new Set(numbers.filter((_, i) => counts[i] === 1))
      const asked = [...folds.keys()].filter((photo) => folds[photo] === fold)
      const onShare = (share: number) =>
        onProgress?.({ done: fold * hundredths + Math.floor(share * hundredths), total: count * hundredths })
      if (learnt.size === indices.length) {
        start = await regression.solveInTurns({ counts, C, start, turn, signal }, onShare)
        // The solution has the logits of all photos, also of those that it has not learnt from.
        const { logits } = start
        for (const photo of asked) putAnswer(probabilities, logits, { photo, indices, classes })
      } else {
        const head = await headOfFew(features, labels, counts, classes, { C, turn, signal, onShare })
        const found = probabilitiesBy(head, rowsOf(features, asked))
        asked.forEach((photo, i) =>
          probabilities.set(found.subarray(i * classes, (i + 1) * classes), photo * classes),
        )
      }
      onShare(1)
    }
  } finally {
    regression.dispose()
  }
  return { folds, probabilities }
}

/** Softmax of a solution's logits for one photo; classes that did not occur keep 0. */
function putAnswer(
  probabilities: Float64Array,
  logits: Float64Array,
  { photo, indices, classes }: { photo: number; indices: readonly number[]; classes: number },
): void {
  const own =
    indices.length === 2
      ? [-logits[photo]! / 2, logits[photo]! / 2]
      : logits.subarray(photo * indices.length, (photo + 1) * indices.length)
  let largest = -Infinity
  for (const z of own) largest = Math.max(largest, z)
  let sum = 0
  for (const z of own) sum += Math.exp(z - largest)
  indices.forEach((index, k) => (probabilities[photo * classes + index] = Math.exp(own[k]! - largest) / sum))
}

/** Where a class has no photo outside of the fold, the others are learnt alone. */
async function headOfFew(
  features: Matrix,
  labels: ArrayLike<number>,
  counts: Uint8Array,
  classes: number,
  options: ProbeOptions & { onShare?: OnShare | undefined },
): Promise<Head> {
  const learnt = [...counts.keys()].filter((photo) => counts[photo] === 1)
  const theirs = learnt.map((photo) => labels[photo]!)
  if (new Set(theirs).size === 1) return constantHead(theirs[0]!, classes, features.columns)
  return probeInTurns(rowsOf(features, learnt), theirs, classes, options)
}
