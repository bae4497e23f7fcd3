import type { LinearAlgebra } from '../backend/float64.ts'
import type { RegressionKernels } from '../backend/kernels/regression.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Matrix } from './matrix.ts'
import type { Products } from './products.ts'
import { algebraFor, productsOf } from './products.ts'
import type { Scale } from './standardise.ts'
import { scaleBy, scaleOf, standardised } from './standardise.ts'

/**
 * A linear layer on standardised features. A point holds its weights, [logits, columns], and then its biases, [logits], in one
 * array, so that solvers see one vector.
 */
export interface Linear {
  /** Logits at a point, [rows, logits]. Of some of the logits alone it is the same as of all. */
  forward: (point: Float64Array) => Float64Array
  /** What a gradient in the logits, [rows, logits], is in the point; in those of some logits alone as well. */
  backward: (gradient: Float64Array) => Float64Array
}

/** Features that stay as they are whatever rows count, in float64. */
export interface ExactFeatures {
  /** Mean and deviation of the columns over the rows that count. */
  scale: (counts: Uint8Array) => Scale
  linear: (scale: Scale) => Linear
  /** Those that tell the way, where TensorFlow computes. The caller disposes of them, and before these. */
  fast: (scale: Scale) => FastLinear | undefined
  dispose: () => void
}

/** By kernels of our own where they are, else by TensorFlow where it pays, else by loops. @param width logits a row */
export function exactFeatures(features: Matrix, width: number): ExactFeatures {
  const algebra = algebraFor(features, width)
  if (algebra?.own) return byKernels(algebra, algebra.own, features, width)
  const products = productsOf(features, algebra)
  return {
    scale: (counts) => scaleOf(features, counts),
    linear: (scale) => linearBy(products, scale, features.rows),
    fast: (scale) => (algebra ? new FastLinear(algebra, features, scale, width) : undefined),
    dispose: () => products.dispose(),
  }
}

function byKernels(
  algebra: LinearAlgebra,
  kernels: RegressionKernels,
  features: Matrix,
  width: number,
): ExactFeatures {
  const { values, rows, columns } = features
  const x = tf.tensor2d(values, [rows, columns], 'float32')
  const read = (run: () => Tensor): Float64Array => {
    const y = tf.tidy(run)
    const found = algebra.read(y)
    y.dispose()
    return found
  }
  return {
    scale: (counts) =>
      scaleBy(counts, columns, (mean) => {
        const made = tf.tidy(() =>
          kernels.columnSums(x, algebra.doubles(mean, [columns]), tf.tensor1d(Float32Array.from(counts))),
        )
        const [sums, squares] = [algebra.read(made.sums), algebra.read(made.squares)]
        tf.dispose([made.sums, made.squares])
        return { sums, squares }
      }),
    linear: ({ mean, deviation }) => ({
      forward(point) {
        const count = point.length / (columns + 1)
        const weights = perDeviation(point.slice(0, count * columns), deviation)
        const logits = read(() =>
          kernels.logits(x, algebra.doubles(mean, [columns]), algebra.doubles(weights, [count, columns])),
        )
        addBiases(logits, point.subarray(count * columns))
        return logits
      },
      backward(gradient) {
        const count = gradient.length / rows
        const lines = read(() =>
          kernels.lines(x, algebra.doubles(mean, [columns]), algebra.doubles(gradient, [rows, count])),
        )
        return pointOf(perDeviation(lines, deviation), sumsOf(gradient, count))
      },
    }),
    fast: (scale) => new FastLinear(algebra, features, scale, width, x),
    dispose: () => x.dispose(),
  }
}

/** Standardising is part of the weights. */
function linearBy(products: Products, { mean, deviation }: Scale, rows: number): Linear {
  const columns = mean.length
  return {
    forward(point) {
      const count = point.length / (columns + 1)
      const weights = perDeviation(point.slice(0, count * columns), deviation)
      const logits = products.forward(weights, count)
      const shifts = point.slice(count * columns)
      for (let k = 0, at = 0; k < count; k += 1)
        for (let j = 0; j < columns; j += 1, at += 1) shifts[k] = shifts[k]! - weights[at]! * mean[j]!
      addBiases(logits, shifts)
      return logits
    },
    backward(gradient) {
      const count = gradient.length / rows
      const sums = sumsOf(gradient, count)
      const lines = products.backward(gradient, count)
      for (let k = 0, at = 0; k < count; k += 1)
        for (let j = 0; j < columns; j += 1, at += 1) lines[at] = lines[at]! - sums[k]! * mean[j]!
      return pointOf(perDeviation(lines, deviation), sums)
    },
  }
}

/** What the second derivative needs of the answers at a point. */
export interface Curvature {
  /** [rows, logits], 0 where a row does not count. */
  probabilities: Float64Array
  /** Multiplies a direction in the logits by the loss's second derivative in them, in place. */
  bend: (direction: Float64Array) => void
}

/** In float32, at a third of the cost: good enough to tell where to go, not where one is. */
export class FastLinear {
  private readonly algebra: LinearAlgebra
  private readonly width: number
  private readonly features: Matrix
  private readonly scale: Scale
  /** As they are where kernels of our own take them, else standardised. */
  private readonly x: Tensor
  private readonly own: { mean: Tensor; kernels: RegressionKernels } | undefined
  private at: { of: Curvature; probabilities: Tensor } | undefined
  private lower: Tensor | undefined
  private totalCurvature = 1
  /** What the objective was where `prepare` was called last. */
  prepared: number | undefined

  /** @param x the features as a tensor that outlives this, for kernels of our own */
  constructor(algebra: LinearAlgebra, features: Matrix, scale: Scale, width: number, x?: Tensor) {
    this.algebra = algebra
    this.width = width
    this.features = features
    this.scale = scale
    if (x && algebra.own) {
      this.x = x
      this.own = { mean: tf.tensor1d(Float32Array.from(scale.mean)), kernels: algebra.own }
    } else {
      const { values, rows, columns } = standardised(features, scale)
      this.x = tf.tensor2d(values, [rows, columns], 'float32')
    }
  }

  /** The loss's second derivative times a direction. */
  curved(curvature: Curvature, direction: Float64Array): Float64Array {
    if (!this.own) {
      const moved = this.forward(direction)
      curvature.bend(moved)
      return this.backward(moved)
    }
    const { width, x, own, scale } = this
    const { rows, columns } = this.features
    const size = width * columns
    if (this.at?.of !== curvature) {
      this.at?.probabilities.dispose()
      const probabilities = tf.tensor2d(Float32Array.from(curvature.probabilities), [rows, width])
      this.at = { of: curvature, probabilities }
    }
    const { probabilities } = this.at
    const made = tf.tidy(() => {
      const weights = Float32Array.from(perDeviation(direction.slice(0, size), scale.deviation))
      const biases = Float32Array.from(direction.subarray(size))
      return own.kernels.curved(
        x,
        own.mean,
        probabilities,
        tf.tensor2d(weights, [width, columns]),
        tf.tensor1d(biases),
      )
    })
    const point = new Float64Array(size + width)
    point.set(made.lines.dataSync())
    point.set(centred(made.sums.dataSync()), size)
    tf.dispose([made.lines, made.sums])
    perDeviation(point.subarray(0, size), scale.deviation)
    return point
  }

  private forward(point: Float64Array): Float64Array {
    const { algebra, features, width, x } = this
    const { columns } = features
    const weights = Float32Array.from(point.subarray(0, width * columns))
    const logits = Float64Array.from(
      read(() => algebra.product(x, tf.tensor2d(weights, [width, columns]), { b: true })),
    )
    addBiases(logits, point.subarray(width * columns))
    return logits
  }

  private backward(gradient: Float64Array): Float64Array {
    const { algebra, features, width, x } = this
    const shares = Float32Array.from(gradient)
    const lines = read(() => algebra.product(tf.tensor2d(shares, [features.rows, width]), x, { a: true }))
    return pointOf(lines, sumsOf(gradient, width))
  }

  /**
   * Makes `precondition` solve with an approximation of the second derivative that all logits share: the rows that curve most
   * exactly, the others as if their features did not hang together.
   * @param curvatures of each row, mean over its logits
   * @param objective where that is so, to be remembered
   */
  prepare(curvatures: Float64Array, penalty: number, objective: number): void {
    this.prepared = objective
    this.totalCurvature = Math.max(
      curvatures.reduce((a, b) => a + b, 0),
      1e-3,
    )
    const { algebra, features } = this
    const { mean, deviation } = this.scale
    const { values, columns } = features
    const order = Array.from(curvatures.keys()).sort((a, b) => curvatures[b]! - curvatures[a]!)
    const most = order.slice(0, mostRows)
    const rest = order.slice(mostRows).reduce((sum, row) => sum + curvatures[row]!, 0)
    const part = new Float32Array(most.length * columns)
    most.forEach((row, i) => {
      const root = Math.sqrt(curvatures[row]!)
      for (let j = 0; j < columns; j += 1)
        part[i * columns + j] = ((values[row * columns + j]! - mean[j]!) / deviation[j]!) * root
    })
    this.lower?.dispose()
    this.lower = tf.tidy(() => {
      const rows = tf.tensor2d(part, [most.length, columns])
      const gram = algebra.product(rows, rows, { a: true })
      return algebra.cholesky(tf.add(gram, tf.mul(tf.eye(columns), penalty + rest)))
    })
  }

  /** The approximation's solution for a gradient; biases stay as they are, but for their own curvature. */
  precondition(gradient: Float64Array): Float64Array {
    const { algebra, features, width, lower, own } = this
    const { columns } = features
    if (!lower) return gradient.slice()
    const weights = Float32Array.from(gradient.subarray(0, width * columns))
    const solved = gradient.slice()
    const y = read(() => {
      const b = tf.tensor2d(weights, [width, columns])
      if (own) return own.kernels.solveCholesky(lower, b)
      return tf.transpose(algebra.solveCholesky(lower, tf.transpose(b)))
    })
    solved.set(y)
    for (let k = width * columns; k < solved.length; k += 1) solved[k] = solved[k]! / this.totalCurvature
    return solved
  }

  dispose(): void {
    if (this.own) this.own.mean.dispose()
    else this.x.dispose()
    this.at?.probabilities.dispose()
    this.lower?.dispose()
  }
}

/** More would take longer to multiply than they save. */
const mostRows = 1500

/** Divides each line of `weights` by the columns' deviations, in place. */
function perDeviation(weights: Float64Array, deviation: Float64Array): Float64Array {
  const columns = deviation.length
  for (let first = 0; first < weights.length; first += columns)
    for (let j = 0; j < columns; j += 1) weights[first + j] = weights[first + j]! / deviation[j]!
  return weights
}

/** @param logits [rows, width], added to in place */
function addBiases(logits: Float64Array, biases: Float64Array): void {
  const width = biases.length
  for (let first = 0; first < logits.length; first += width)
    for (let k = 0; k < width; k += 1) logits[first + k] = logits[first + k]! + biases[k]!
}

/** Softmax does not see what all logits have in common, so a derivative has nothing of it: float32 leaves some. */
function centred(sums: ArrayLike<number>): Float64Array {
  const own = Float64Array.from(sums)
  const mean = own.length === 1 ? 0 : own.reduce((a, b) => a + b) / own.length
  return own.map((it) => it - mean)
}

function pointOf(lines: ArrayLike<number>, sums: Float64Array): Float64Array {
  const point = new Float64Array(lines.length + sums.length)
  point.set(lines)
  point.set(sums, lines.length)
  return point
}

/** Sums of each column. @param values [rows, width] */
function sumsOf(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width)
  for (let first = 0; first < values.length; first += width)
    for (let k = 0; k < width; k += 1) sums[k] = sums[k]! + values[first + k]!
  return sums
}

function read(run: () => Tensor): Float32Array {
  const y = tf.tidy(run)
  const values = y.dataSync() as Float32Array
  y.dispose()
  return values
}
