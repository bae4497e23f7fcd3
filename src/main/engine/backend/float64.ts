import { createExecutor } from './kernels/execute.ts'
import { createRegressionKernels } from './kernels/regression.ts'
import type { RegressionKernels } from './kernels/regression.ts'
import type { NativeBackend } from './kernels/execute.ts'
import { nativeBackend } from './native.ts'
import { tf } from './tf.ts'
import type { Tensor } from './tf.ts'

/** TensorFlow's numbers for types (tensorflow/core/framework/types.proto). */
const float32 = 1
const float64 = 2
const int32 = 3

/**
 * Linear algebra by TensorFlow in float64, which tf.js does not know: its tensors are made of pairs of int32 and read as such,
 * so that no bit changes on the way. The caller owns every tensor that is returned.
 */
export interface LinearAlgebra {
  /** float64 tensor of these numbers. */
  doubles: (values: Float64Array, shape: number[]) => Tensor
  /** float64 tensor with the values of a float32 one. */
  widened: (x: Tensor) => Tensor
  /** a · b, either transposed; both float32 or both float64. */
  product: (a: Tensor, b: Tensor, transpose?: { a?: boolean; b?: boolean }) => Tensor
  /** Values of a float64 tensor. */
  read: (x: Tensor) => Float64Array
  /** Lower triangular L with L · Lᵀ = x, float32. @throws if x is not positive definite */
  cholesky: (x: Tensor) => Tensor
  /** y with L · Lᵀ · y = b, float32. */
  solveCholesky: (lower: Tensor, b: Tensor) => Tensor
  /** Kernels of our own, where set-up compiled them and a processor computes. */
  own: RegressionKernels | null
}

/** null where TensorFlow's native library does not compute. */
export function linearAlgebra(): LinearAlgebra | null {
  if (tf.getBackend() !== 'tensorflow') return null
  const { backend, mode } = nativeBackend()
  const native = backend as unknown as NativeBackend
  const executor = createExecutor(native)
  const { run, attribute, typeOf } = executor
  const type = (x: Tensor) => attribute.type('T', typeOf(x))
  const bitcast = (x: Tensor, from: number, to: number) =>
    run('Bitcast', [attribute.type('T', from), attribute.type('type', to)], [x])
  const triangular = (lower: Tensor, b: Tensor, adjoint: boolean) =>
    run(
      'MatrixTriangularSolve',
      [type(lower), attribute.bool('lower', true), attribute.bool('adjoint', adjoint)],
      [lower, b],
    )
  return {
    own: mode === undefined ? createRegressionKernels(executor) : null,
    doubles(values, shape) {
      const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
      return tf.tidy(() => bitcast(tf.tensor(halves, [...shape, 2], 'int32'), int32, float64))
    },
    widened: (x) =>
      run(
        'Cast',
        [attribute.type('SrcT', float32), attribute.type('DstT', float64), attribute.bool('Truncate', false)],
        [x],
      ),
    product: (a, b, transpose = {}) =>
      run(
        'MatMul',
        [
          type(a),
          attribute.bool('transpose_a', transpose.a ?? false),
          attribute.bool('transpose_b', transpose.b ?? false),
        ],
        [a, b],
      ),
    read(x) {
      const halves = bitcast(x, float64, int32)
      // The executor calls all that it returns float32; the backend's own record knows that these are whole numbers.
      const values = halves.dataSync() as Float32Array | Int32Array
      halves.dispose()
      return new Float64Array(values.buffer, values.byteOffset, values.length / 2)
    },
    cholesky: (x) => run('Cholesky', [type(x)], [x]),
    solveCholesky(lower, b) {
      const half = triangular(lower, b, false)
      const y = triangular(lower, half, true)
      half.dispose()
      return y
    },
  }
}
