import type { LinearAlgebra } from '../backend/float64.ts'
import { linearAlgebra } from '../backend/float64.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Matrix } from './matrix.ts'

/** What is asked of a feature matrix X [rows, columns], in float64: products with a few columns at a time. */
export interface Products {
  /** X · Vᵀ. @param v [count, columns] @returns [rows, count] */
  forward: (v: Float64Array, count: number) => Float64Array
  /** Sᵀ · X. @param s [rows, count] @returns [count, columns] */
  backward: (s: Float64Array, count: number) => Float64Array
  dispose: () => void
}

/** From so many multiplications a pass on, TensorFlow is faster than a loop, whatever calling it costs. */
const worthCalling = 4_000_000

/** The native library's linear algebra where a problem of this size is worth calling it. */
export function algebraFor({ rows, columns }: Matrix, count: number): LinearAlgebra | null {
  return rows * columns * count < worthCalling ? null : linearAlgebra()
}

/** Products with features as they are, by TensorFlow's algebra or by loops. The caller disposes of them. */
export const productsOf = (features: Matrix, algebra: LinearAlgebra | null): Products =>
  algebra ? nativeProducts(algebra, features) : plainProducts(features)

function nativeProducts(algebra: LinearAlgebra, { values, rows, columns }: Matrix): Products {
  const x = tf.tidy(() => algebra.widened(tf.tensor2d(values, [rows, columns], 'float32')))
  const read = (run: () => Tensor): Float64Array => {
    const y = tf.tidy(run)
    try {
      return algebra.read(y)
    } finally {
      y.dispose()
    }
  }
  return {
    forward: (v, count) => read(() => algebra.product(x, algebra.doubles(v, [count, columns]), { b: true })),
    backward: (s, count) => read(() => algebra.product(algebra.doubles(s, [rows, count]), x, { a: true })),
    dispose: () => x.dispose(),
  }
}

function plainProducts({ values, rows, columns }: Matrix): Products {
  return {
    forward(v, count) {
      const y = new Float64Array(rows * count)
      for (let i = 0; i < rows; i += 1)
        for (let k = 0; k < count; k += 1) {
          let sum = 0
          for (let j = 0, x = i * columns, w = k * columns; j < columns; j += 1, x += 1, w += 1)
            sum += values[x]! * v[w]!
          y[i * count + k] = sum
        }
      return y
    },
    backward(s, count) {
      const y = new Float64Array(count * columns)
      for (let i = 0; i < rows; i += 1)
        for (let k = 0; k < count; k += 1) {
          const share = s[i * count + k]!
          if (share === 0) continue
          for (let j = 0, x = i * columns, w = k * columns; j < columns; j += 1, x += 1, w += 1)
            y[w] = y[w]! + share * values[x]!
        }
      return y
    },
    dispose: () => undefined,
  }
}
