import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import type { Executor } from './execute.ts'

/**
 * Kernels of our own for logistic regression (`native/regression.h`), each one pass over a matrix of features x [rows, columns],
 * float32 as it was read, whose columns' means are taken off on the way. What is called double is a float64 tensor.
 */
export interface RegressionKernels {
  /** (x − mean) · weightsᵀ. @param mean double [columns] @param weights double [width, columns] @returns double [rows, width] */
  logits: (x: Tensor, mean: Tensor, weights: Tensor) => Tensor
  /** aᵀ · (x − mean). @param a double [rows, width] @returns double [width, columns] */
  lines: (x: Tensor, mean: Tensor, a: Tensor) => Tensor
  /**
   * The loss's second derivative times a direction, float32 throughout.
   * @param probabilities [rows, width]; zeros where a row does not count
   * @param weights [width, columns]
   * @param biases [width]
   */
  curved: (
    x: Tensor,
    mean: Tensor,
    probabilities: Tensor,
    weights: Tensor,
    biases: Tensor,
  ) => { lines: Tensor; sums: Tensor }
  /** Over rows whose `counts` is not 0: sums of each column's distances to `mean`, and of their squares. Double. */
  columnSums: (x: Tensor, mean: Tensor, counts: Tensor) => { sums: Tensor; squares: Tensor }
  /** y with lower · lowerᵀ · y = b, for each line of b [width, size]. */
  solveCholesky: (lower: Tensor, b: Tensor) => Tensor
}

/** null where set-up could not compile them, or they do not answer rightly. */
export function createRegressionKernels(executor: Executor): RegressionKernels | null {
  const { run, runMany } = executor
  const kernels: RegressionKernels = {
    logits: (x, mean, weights) => run('ThawCentredLogits', [], [x, mean, weights]),
    lines: (x, mean, a) => run('ThawCentredLines', [], [x, mean, a]),
    curved(x, mean, probabilities, weights, biases) {
      const [lines, sums] = runMany('ThawCurvedLines', [], [x, mean, probabilities, weights, biases], 2)
      return { lines: lines!, sums: sums! }
    },
    columnSums(x, mean, counts) {
      const [sums, squares] = runMany('ThawColumnSums', [], [x, mean, counts], 2)
      return { sums: sums!, squares: squares! }
    },
    solveCholesky: (lower, b) => run('ThawCholeskySolve', [], [lower, b]),
  }
  return answersRightly(kernels) ? kernels : null
}

/** Whether the kernels are there and compute what they are taken for: what set-up compiled may be older. */
function answersRightly(kernels: RegressionKernels): boolean {
  try {
    return tf.tidy(() => {
      const lower = tf.tensor2d([2, 9, 1, 4], [2, 2])
      const y = kernels.solveCholesky(lower, tf.tensor2d([8, 36], [1, 2]))
      return y.dataSync().every((value, i) => value === [1, 2][i])
    })
  } catch {
    return false
  }
}
