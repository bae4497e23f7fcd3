import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import { exactFeatures } from './linear.ts'
import type { Curvature, ExactFeatures, FastLinear, Linear } from './linear.ts'
import type { Answers } from './logistic.ts'
import { answersOf, curve, logitsFor, residuals } from './logistic.ts'
import type { Matrix } from './matrix.ts'
import type { Scale } from './standardise.ts'

export interface SolveOptions {
  /** 1 for each row that is learnt from. */
  counts: Uint8Array
  /** As scikit-learn's: the loss's weight beside half the squared norm of the weights. */
  C?: number
  /** A solution of nearly the same rows, to begin from. */
  start?: Solution | undefined
  /** The gradient's norm at which it is solved. */
  gradientNorm?: number
  /** Longest that `solveInTurns` computes without a turn for others, in milliseconds, as far as single products allow it. Default 100. */
  turn?: number | undefined
  signal?: AbortSignal | undefined
}

/** How far a solution is, from 0 to 1, by the gradient's norm on a log scale. */
export type OnShare = (share: number) => void

const usualTurn = 100

/** Where the loss is least, in the coordinates of the features as they are. */
export interface Solution {
  /** [logits, columns] */
  weights: Float64Array
  /** [logits] */
  biases: Float64Array
  /** Logits of all rows, those that did not count too: [rows, logits]. */
  logits: Float64Array
  /** Σ loss + ½ ‖weights‖² / C, of standardised features. */
  objective: number
  /** Of the objective, in standardised weights and biases. */
  gradientNorm: number
  /** Newton steps, and products with the second derivative. */
  steps: number
  products: number
}

/** What the gradient's norm is to be, of Σ loss + ½ ‖w‖² / C: the sum and not the mean over the photos, so rather strict. */
const solvedNorm = 1e-8
const mostSteps = 100
/** While fewer products lead to a direction, an old preconditioner does. */
const worthPreparing = 6
const mostProducts = 400
/** Multiplications after which others may have their turn: a product of a thousand classes with ten thousand photos takes seconds. */
const usualPiece = 1e9

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!
  return sum
}

/** a += share · b */
function add(a: Float64Array, share: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i += 1) a[i] = a[i]! + share * b[i]!
}

/**
 * L2-regularised logistic regression on standardised features, biases free, as scikit-learn's pipeline of StandardScaler and
 * LogisticRegression. Solved by Newton's method with conjugate gradients (Nocedal & Wright, Numerical Optimization, 7.1): the
 * gradient in float64 throughout, the directions in float32 where TensorFlow computes them. One object serves many solutions
 * on the same features: folds, photos left out.
 */
export class Regression {
  private readonly features: Matrix
  private readonly labels: Int32Array
  private readonly classes: number
  private readonly width: number
  private readonly exact: ExactFeatures
  private last: { counts: Uint8Array; fast: FastLinear } | undefined

  /** Logits whose products are computed at a time. */
  readonly together: number

  /**
   * @param labels from 0 to classes − 1, each class at least once; classes at least 2
   * @param piece for tests: multiplications at a time
   */
  constructor(features: Matrix, labels: Int32Array, classes: number, piece = usualPiece) {
    this.features = features
    this.labels = labels
    this.classes = classes
    this.width = logitsFor(classes)
    this.exact = exactFeatures(features, this.width)
    this.together = Math.max(1, Math.floor(piece / (features.rows * features.columns)))
  }

  /** @throws ThawError cancelled */
  solve(options: SolveOptions): Solution {
    const work = this.solving(options)
    for (;;) {
      const { done, value } = work.next()
      if (done) return value
    }
  }

  /** As `solve`, to the same bits; meanwhile others have their turn, so that it can be cancelled and its progress seen. @throws ThawError cancelled */
  async solveInTurns(options: SolveOptions, onShare?: OnShare): Promise<Solution> {
    const work = this.solving(options)
    let [last, furthest] = [performance.now(), 0]
    for (;;) {
      const { done, value } = work.next()
      if (done) return value
      if (performance.now() - last < (options.turn ?? usualTurn)) continue
      furthest = Math.max(furthest, value)
      onShare?.(furthest)
      await nextTurn()
      if (options.signal?.aborted) throw new ThawError('cancelled')
      last = performance.now()
    }
  }

  /** A solution, with a breath after every product, of many classes after every piece of one: the share of the way that is gone. */
  private *solving({
    counts,
    C = 1,
    start,
    gradientNorm = solvedNorm,
    signal,
  }: SolveOptions): Generator<number, Solution> {
    const scale = this.exact.scale(counts)
    const exact = this.exact.linear(scale)
    const fast = this.fastFor(counts, scale)
    return yield* this.newton(
      new Problem(this, exact, fast, counts, 1 / C),
      scale,
      start,
      gradientNorm,
      signal,
    )
  }

  /** That of the solution before serves again where nearly the same rows count: it only tells the way. */
  private fastFor(counts: Uint8Array, scale: Scale): FastLinear | undefined {
    const { last } = this
    if (last && counts.filter((it, i) => it !== last.counts[i]).length <= counts.length / 100)
      return last.fast
    last?.fast.dispose()
    const fast = this.exact.fast(scale)
    this.last = fast && { counts: counts.slice(), fast }
    return fast
  }

  answers(logits: Float64Array, counts: Uint8Array): Answers {
    return answersOf(logits, this.labels, counts, this.classes)
  }

  residuals(answers: Answers, counts: Uint8Array): Float64Array {
    return residuals(answers, this.labels, counts, this.classes)
  }

  get shape(): { rows: number; width: number; columns: number } {
    return { rows: this.features.rows, width: this.width, columns: this.features.columns }
  }

  private *newton(
    problem: Problem,
    scale: Scale,
    start: Solution | undefined,
    wanted: number,
    signal: AbortSignal | undefined,
  ): Generator<number, Solution> {
    const { width, features } = this
    const size = width * features.columns
    const point = start ? standardisedPoint(start, scale, width) : new Float64Array(size + width)
    yield 0
    yield* problem.at(point)
    const first = problem.gradientNorm
    const shareAt = (norm: number) =>
      norm > wanted ? Math.max(0, Math.log(first / norm) / Math.log(first / wanted)) : 1
    let steps = 0
    for (; problem.gradientNorm > wanted && steps < mostSteps; steps += 1) {
      if (signal?.aborted) throw new ThawError('cancelled')
      if (!(yield* problem.step(point, wanted, shareAt))) break
    }
    const { logits, objective, gradientNorm: norm, products } = problem
    return { ...ownPoint(point, scale, width), logits, objective, gradientNorm: norm, steps, products }
  }

  dispose(): void {
    this.last?.fast.dispose()
    this.exact.dispose()
  }
}

/** The objective around a point. */
class Problem {
  logits: Float64Array = new Float64Array()
  objective = 0
  gradientNorm = Infinity
  products = 0
  private answers!: Answers
  private curvature!: Curvature
  private gradient: Float64Array = new Float64Array()
  /** How many products the direction before this one took. */
  private lastProducts = 0
  private readonly regression: Regression
  private readonly exact: Linear
  private readonly fast: FastLinear | undefined
  private readonly counts: Uint8Array
  private readonly penalty: number

  constructor(
    regression: Regression,
    exact: Linear,
    fast: FastLinear | undefined,
    counts: Uint8Array,
    penalty: number,
  ) {
    this.regression = regression
    this.exact = exact
    this.fast = fast
    this.counts = counts
    this.penalty = penalty
  }

  /** Logits at a point, with a breath after those of some classes. */
  private *forward(point: Float64Array): Generator<number, Float64Array> {
    const { rows, width, columns } = this.regression.shape
    const { together } = this.regression
    if (together >= width) return this.exact.forward(point)
    const logits = new Float64Array(rows * width)
    for (let from = 0; from < width; from += together) {
      const count = Math.min(together, width - from)
      const part = new Float64Array(count * (columns + 1))
      part.set(point.subarray(from * columns, (from + count) * columns))
      part.set(point.subarray(width * columns + from, width * columns + from + count), count * columns)
      const found = this.exact.forward(part)
      for (let i = 0; i < rows; i += 1)
        logits.set(found.subarray(i * count, (i + 1) * count), i * width + from)
      yield 0
    }
    return logits
  }

  /** What a gradient in the logits is in the point, with a breath after that of some classes. */
  private *backward(gradient: Float64Array): Generator<number, Float64Array> {
    const { rows, width, columns } = this.regression.shape
    const { together } = this.regression
    if (together >= width) return this.exact.backward(gradient)
    const point = new Float64Array(width * (columns + 1))
    for (let from = 0; from < width; from += together) {
      const count = Math.min(together, width - from)
      const part = new Float64Array(rows * count)
      for (let i = 0; i < rows; i += 1)
        part.set(gradient.subarray(i * width + from, i * width + from + count), i * count)
      const found = this.exact.backward(part)
      point.set(found.subarray(0, count * columns), from * columns)
      point.set(found.subarray(count * columns), width * columns + from)
      yield 0
    }
    return point
  }

  /** Adds what the penalty has to a gradient or product: biases are free. */
  private penalised(gradient: Float64Array, point: Float64Array): Float64Array {
    const { width, columns } = this.regression.shape
    for (let i = 0; i < width * columns; i += 1) gradient[i] = gradient[i]! + this.penalty * point[i]!
    return gradient
  }

  private objectiveAt(point: Float64Array, loss: number): number {
    const { width, columns } = this.regression.shape
    const weights = point.subarray(0, width * columns)
    return loss + (this.penalty / 2) * dot(weights, weights)
  }

  private curvatureOf(answers: Answers): Curvature {
    const { counts } = this
    const { width } = this.regression.shape
    const probabilities = answers.probabilities.slice()
    counts.forEach((counted, i) => {
      if (!counted) probabilities.fill(0, i * width, (i + 1) * width)
    })
    return { probabilities, bend: (direction) => curve(answers, counts, width, direction) }
  }

  /** Looks at a point. @param known its logits, if they are known already */
  *at(point: Float64Array, known?: Float64Array): Generator<number, void> {
    const logits = known ?? (yield* this.forward(point))
    yield 0
    this.logits = logits
    // Ten thousand photos of a thousand classes have ten million logits: each time that they are gone through is a piece.
    this.answers = this.regression.answers(logits, this.counts)
    yield 0
    this.objective = this.objectiveAt(point, this.answers.loss)
    this.curvature = this.curvatureOf(this.answers)
    yield 0
    const residual = this.regression.residuals(this.answers, this.counts)
    yield 0
    this.gradient = this.penalised(yield* this.backward(residual), point)
    this.gradientNorm = Math.sqrt(dot(this.gradient, this.gradient))
  }

  /** Moves the point by one Newton step. @returns false if it can be made no better in float64 */
  *step(point: Float64Array, wanted: number, shareAt: (norm: number) => number): Generator<number, boolean> {
    const direction = yield* this.direction(wanted, shareAt)
    const moved = yield* this.forward(direction)
    const slope = dot(this.gradient, direction)
    const [before, norm] = [this.objective, this.gradientNorm]
    // Near the solution the objective no longer tells two points apart; the gradient then does.
    const rounding = 1e-13 * Math.abs(before)
    for (let length = 1; length > 1e-6; length /= 2) {
      const next = point.slice()
      add(next, length, direction)
      const logits = this.logits.slice()
      add(logits, length, moved)
      yield 0
      const { loss } = this.regression.answers(logits, this.counts)
      yield 0
      if (this.objectiveAt(next, loss) > before + 1e-4 * length * slope + rounding) continue
      point.set(next)
      yield* this.at(point, logits)
      return this.gradientNorm < norm || before - this.objective > rounding
    }
    return false
  }

  /** By conjugate gradients, as far as it pays at this distance from the solution. */
  private *direction(wanted: number, shareAt: (norm: number) => number): Generator<number, Float64Array> {
    const { gradient, gradientNorm } = this
    const far = Math.min(0.3, Math.sqrt(gradientNorm / this.counts.length))
    const near = Math.min(0.01, Math.max(1e-4, gradientNorm))
    const share = gradientNorm > 1 ? far : near
    const enough = Math.max(share * gradientNorm, wanted / 2)
    const precondition = this.preconditioner()
    const before = this.products
    const direction = new Float64Array(gradient.length)
    const rest = gradient.map((it) => -it)
    let solved = precondition(rest)
    const search = solved.slice()
    let square = dot(rest, solved)
    for (let i = 0; i < mostProducts && Math.sqrt(dot(rest, rest)) > enough; i += 1) {
      const product = yield* this.curvedAlong(search)
      const bend = dot(search, product)
      if (!(bend > 0)) break
      add(direction, square / bend, search)
      add(rest, -square / bend, product)
      solved = precondition(rest)
      const next = dot(rest, solved)
      for (let j = 0; j < search.length; j += 1) search[j] = solved[j]! + (next / square) * search[j]!
      square = next
      // What is left here is about the gradient after the step.
      yield shareAt(Math.sqrt(dot(rest, rest)))
    }
    this.lastProducts = this.products - before
    yield shareAt(gradientNorm)
    return direction
  }

  /** The second derivative times a direction. */
  private *curvedAlong(direction: Float64Array): Generator<number, Float64Array> {
    this.products += 1
    if (this.fast) return this.penalised(this.fast.curved(this.curvature, direction), direction)
    const moved = yield* this.forward(direction)
    this.curvature.bend(moved)
    return this.penalised(yield* this.backward(moved), direction)
  }

  /** Made anew where it was made far from here, and only then if the way has become long: it costs as much as a dozen products. */
  private preconditioner(): (gradient: Float64Array) => Float64Array {
    const { fast, objective } = this
    if (!fast) return (gradient) => gradient.slice()
    const isFar = Math.abs((fast.prepared ?? Infinity) - objective) > 0.02 * objective
    if (fast.prepared === undefined || (isFar && this.lastProducts >= worthPreparing))
      fast.prepare(this.meanCurvatures(), this.penalty, objective)
    return (gradient) => fast.precondition(gradient)
  }

  /** Of each row, over its logits. */
  private meanCurvatures(): Float64Array {
    const { width } = this.regression.shape
    const { probabilities } = this.curvature
    return Float64Array.from(this.counts, (_, i) => {
      let sum = 0
      for (let at = i * width; at < (i + 1) * width; at += 1)
        sum += probabilities[at]! * (1 - probabilities[at]!)
      return sum / width
    })
  }
}

/** A solution as a point of other standardised features. */
function standardisedPoint(
  { weights, biases }: Solution,
  { mean, deviation }: Scale,
  width: number,
): Float64Array {
  const columns = mean.length
  const point = new Float64Array(width * columns + width)
  for (let k = 0, at = 0; k < width; k += 1) {
    let bias = biases[k]!
    for (let j = 0; j < columns; j += 1, at += 1) {
      point[at] = weights[at]! * deviation[j]!
      bias += weights[at]! * mean[j]!
    }
    point[width * columns + k] = bias
  }
  return point
}

function ownPoint(
  point: Float64Array,
  { mean, deviation }: Scale,
  width: number,
): Pick<Solution, 'weights' | 'biases'> {
  const columns = mean.length
  const weights = point.slice(0, width * columns)
  const biases = point.slice(width * columns)
  for (let k = 0, at = 0; k < width; k += 1)
    for (let j = 0; j < columns; j += 1, at += 1) {
      weights[at] = weights[at]! / deviation[j]!
      biases[k] = biases[k]! - weights[at]! * mean[j]!
    }
  return { weights, biases }
}
