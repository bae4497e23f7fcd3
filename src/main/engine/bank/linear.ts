import type { LinearAlgebra } from '../backend/float64.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Matrix } from './matrix.ts'
import type { Products } from './products.ts'
import type { Scale } from './standardise.ts'
import { standardised } from './standardise.ts'

/**
 * A linear layer on standardised features. A point holds its weights, [logits, columns], and then its biases, [logits], in one
 * array, so that solvers see one vector.
 */
export interface Linear {
  /** Logits at a point, [rows, logits]. */
  forward: (point: Float64Array) => Float64Array
  /** What a gradient in the logits, [rows, logits], is in the point. */
  backward: (gradient: Float64Array) => Float64Array
  dispose: () => void
}

/** In float64. Standardising is part of the weights, so that the features stay as they are whatever rows count. */
export function exactLinear(products: Products, { mean, deviation }: Scale, width: number): Linear {
  const columns = mean.length
  return {
    forward(point) {
      const weights = point.subarray(0, width * columns).map((w, at) => w / deviation[at % columns]!)
      const logits = products.forward(weights, width)
      const shifts = Array.from({ length: width }, (_, k) => {
        let shift = point[width * columns + k]!
        for (let j = 0, at = k * columns; j < columns; j += 1, at += 1) shift -= weights[at]! * mean[j]!
        return shift
      })
      for (let at = 0; at < logits.length; at += 1) logits[at] = logits[at]! + shifts[at % width]!
      return logits
    },
    backward(gradient) {
      const sums = sumsOf(gradient, width)
      const point = new Float64Array(width * columns + width)
      point.set(products.backward(gradient, width))
      for (let k = 0, at = 0; k < width; k += 1)
        for (let j = 0; j < columns; j += 1, at += 1)
          point[at] = (point[at]! - sums[k]! * mean[j]!) / deviation[j]!
      point.set(sums, width * columns)
      return point
    },
    // The products are their owner's.
    dispose: () => undefined,
  }
}

/** In float32, at a third of the cost: good enough to tell where to go, not where one is. */
export class FastLinear implements Linear {
  private readonly algebra: LinearAlgebra
  private readonly width: number
  private readonly features: Matrix
  private readonly x: Tensor
  private lower: Tensor | undefined

  constructor(algebra: LinearAlgebra, features: Matrix, scale: Scale, width: number) {
    this.algebra = algebra
    this.width = width
    this.features = standardised(features, scale)
    this.x = tf.tensor2d(this.features.values, [features.rows, features.columns], 'float32')
  }

  forward(point: Float64Array): Float64Array {
    const { algebra, features, width, x } = this
    const { columns } = features
    const weights = new Float32Array(point.subarray(0, width * columns))
    const logits = new Float64Array(
      read(() => algebra.product(x, tf.tensor2d(weights, [width, columns]), { b: true })),
    )
    const biases = point.subarray(width * columns)
    for (let at = 0; at < logits.length; at += 1) logits[at] = logits[at]! + biases[at % width]!
    return logits
  }

  backward(gradient: Float64Array): Float64Array {
    const { algebra, features, width, x } = this
    const { rows, columns } = features
    const shares = new Float32Array(gradient)
    const point = new Float64Array(width * columns + width)
    point.set(read(() => algebra.product(tf.tensor2d(shares, [rows, width]), x, { a: true })))
    point.set(sumsOf(gradient, width), width * columns)
    return point
  }

  /**
   * Makes `precondition` solve with an approximation of the second derivative that all logits share: the rows that curve most
   * exactly, the others as if their features did not hang together.
   * @param curvatures of each row, mean over its logits
   */
  prepare(curvatures: Float64Array, penalty: number): void {
    const { algebra, features } = this
    const { columns } = features
    const order = Array.from(curvatures.keys()).sort((a, b) => curvatures[b]! - curvatures[a]!)
    const most = order.slice(0, mostRows)
    const rest = order.slice(mostRows).reduce((sum, row) => sum + curvatures[row]!, 0)
    const part = new Float32Array(most.length * columns)
    most.forEach((row, i) => {
      const root = Math.sqrt(curvatures[row]!)
      for (let j = 0; j < columns; j += 1) part[i * columns + j] = features.values[row * columns + j]! * root
    })
    this.lower?.dispose()
    this.lower = tf.tidy(() => {
      const rows = tf.tensor2d(part, [most.length, columns])
      const gram = algebra.product(rows, rows, { a: true })
      return algebra.cholesky(tf.add(gram, tf.mul(tf.eye(columns), penalty + rest)))
    })
  }

  /** The approximation's solution for a gradient; biases stay as they are, but for their own curvature. */
  precondition(gradient: Float64Array, curvature: number): Float64Array {
    const { algebra, features, width, lower } = this
    const { columns } = features
    if (!lower) return gradient.slice()
    const weights = new Float32Array(gradient.subarray(0, width * columns))
    const solved = gradient.slice()
    const y = read(() => {
      const b = tf.transpose(tf.tensor2d(weights, [width, columns]))
      return tf.transpose(algebra.solveCholesky(lower, b))
    })
    solved.set(y)
    for (let k = width * columns; k < solved.length; k += 1) solved[k] = solved[k]! / curvature
    return solved
  }

  dispose(): void {
    this.x.dispose()
    this.lower?.dispose()
  }
}

/** More would take longer to multiply than they save. */
const mostRows = 1500

/** Sums of each column. @param values [rows, width] */
function sumsOf(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width)
  for (let at = 0; at < values.length; at += 1) sums[at % width] = sums[at % width]! + values[at]!
  return sums
}

function read(run: () => Tensor): Float32Array {
  const y = tf.tidy(run)
  const values = y.dataSync() as Float32Array
  y.dispose()
  return values
}
