import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openCompute } from '../../src/main/engine/backend/compute.ts'
import { linearAlgebra } from '../../src/main/engine/backend/float64.ts'
import type { LinearAlgebra } from '../../src/main/engine/backend/float64.ts'
import type { RegressionKernels } from '../../src/main/engine/backend/kernels/regression.ts'
import { nativeAddon, ownKernels } from '../../src/main/engine/backend/vendor.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import type { Tensor } from '../../src/main/engine/backend/tf.ts'
import { curve } from '../../src/main/engine/bank/logistic.ts'
import { randomFor } from '../../src/shared/random.ts'

/** Shapes whose rows, columns and logits fill no register, block or tile, and some that do. */
const shapes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [7, 3, 2],
  [50, 13, 1],
  [97, 40, 3],
  [333, 67, 4],
  [64, 128, 5],
  [1201, 530, 7],
  [700, 1280, 10],
  [211, 19, 23],
]

let draws = 0
function drawn(size: number): Float64Array {
  draws += 1
  const random = randomFor(7, 'sample', draws)
  return Float64Array.from({ length: size }, () => Math.fround(2 * random.uniform() - 1))
}

const addon = nativeAddon()
describe.skipIf(!addon || !ownKernels(addon.path))('our kernels for regression', () => {
  let algebra: LinearAlgebra
  let kernels: RegressionKernels
  let tensors = 0
  beforeAll(async () => {
    await openCompute(null, 'exact')
    algebra = linearAlgebra()!
    expect(algebra.own).not.toBeNull()
    kernels = algebra.own!
    tensors = tf.memory().numTensors
  })
  afterEach(() => expect(tf.memory().numTensors).toBe(tensors))

  const float = (values: Float64Array, shape: number[]) => tf.tensor(Float32Array.from(values), shape)
  const read = (work: () => Tensor): Float64Array => {
    const y = tf.tidy(work)
    const values = algebra.read(y)
    y.dispose()
    return values
  }
  function setUp([rows, columns, width]: readonly [number, number, number]) {
    const [x, mean] = [drawn(rows * columns), drawn(columns)]
    const at = (i: number, j: number) => x[i * columns + j]! - mean[j]!
    const logits = (weights: Float64Array) =>
      Float64Array.from({ length: rows * width }, (_, index) => {
        const [i, k] = [Math.floor(index / width), index % width]
        let sum = 0
        for (let j = 0; j < columns; j += 1) sum += at(i, j) * weights[k * columns + j]!
        return sum
      })
    const lines = (a: Float64Array) =>
      Float64Array.from({ length: width * columns }, (_, index) => {
        const [k, j] = [Math.floor(index / columns), index % columns]
        let sum = 0
        for (let i = 0; i < rows; i += 1) sum += a[i * width + k]! * at(i, j)
        return sum
      })
    return { x, mean, logits, lines }
  }
  function expectNear(found: ArrayLike<number>, expected: Float64Array, tolerance: number): void {
    expect(found).toHaveLength(expected.length)
    const largest = expected.reduce((most, it) => Math.max(most, Math.abs(it)), 1e-3)
    const off = expected.reduce((most, it, i) => Math.max(most, Math.abs(it - found[i]!)), 0)
    expect(off / largest).toBeLessThan(tolerance)
  }

  it.each(shapes)('multiply %i × %i features for %i logits in float64, both ways', (...shape) => {
    const [rows, columns, width] = shape
    const { x, mean, logits, lines } = setUp(shape)
    const [weights, a] = [drawn(width * columns), drawn(rows * width)]
    const inputs = () => [float(x, [rows, columns]), algebra.doubles(mean, [columns])] as const
    const z = read(() => kernels.logits(...inputs(), algebra.doubles(weights, [width, columns])))
    expectNear(z, logits(weights), 1e-13)
    const g = read(() => kernels.lines(...inputs(), algebra.doubles(a, [rows, width])))
    expectNear(g, lines(a), 1e-13)
  })

  it.each(shapes)('bend a direction of %i × %i features and %i logits as the loss does', (...shape) => {
    const [rows, columns, width] = shape
    const { x, mean, logits, lines } = setUp(shape)
    const [weights, biases] = [drawn(width * columns), drawn(width)]
    const counts = Uint8Array.from({ length: rows }, (_, i) => (i % 5 === 3 ? 0 : 1))
    const probabilities = drawn(rows * width).map((it, at) =>
      counts[Math.floor(at / width)] ? Math.fround(Math.abs(it) / width) : 0,
    )
    const moved = logits(weights).map((it, at) => it + biases[at % width]!)
    curve({ loss: 0, probabilities }, counts, width, moved)
    const made = tf.tidy(() =>
      kernels.curved(
        float(x, [rows, columns]),
        float(mean, [columns]),
        float(probabilities, [rows, width]),
        float(weights, [width, columns]),
        float(biases, [width]),
      ),
    )
    const [found, sums] = [made.lines.dataSync(), made.sums.dataSync()]
    tf.dispose([made.lines, made.sums])
    expectNear(found, lines(moved), 2e-5)
    expectNear(
      sums,
      Float64Array.from({ length: width }, (_, k) =>
        moved.reduce((sum, it, at) => (at % width === k ? sum + it : sum), 0),
      ),
      2e-5,
    )
  })

  it.each(shapes)('add up the columns of %i × %i features over the rows that count', (...shape) => {
    const [rows, columns] = shape
    const { x, mean } = setUp(shape)
    const counts = Float64Array.from({ length: rows }, (_, i) => (i % 3 === 1 ? 0 : 1))
    const made = tf.tidy(() =>
      kernels.columnSums(float(x, [rows, columns]), algebra.doubles(mean, [columns]), float(counts, [rows])),
    )
    const [sums, squares] = [algebra.read(made.sums), algebra.read(made.squares)]
    tf.dispose([made.sums, made.squares])
    const over = (f: (distance: number) => number) =>
      Float64Array.from({ length: columns }, (_, j) =>
        counts.reduce((sum, it, i) => (it ? sum + f(x[i * columns + j]! - mean[j]!) : sum), 0),
      )
    expectNear(
      sums,
      over((distance) => distance),
      1e-13,
    )
    expectNear(
      squares,
      over((distance) => distance ** 2),
      1e-13,
    )
  })

  it.each([
    [1, 1],
    [6, 3],
    [37, 10],
    [130, 35],
  ])('solve by a Cholesky factor of %i rows for %i lines', (size, width) => {
    // Above the diagonal there is what must not be read.
    const lower = drawn(size * size).map((it, at) => {
      const [i, j] = [Math.floor(at / size), at % size]
      return i === j ? 2 + Math.abs(it) : j > i ? NaN : it / size
    })
    const y = drawn(width * size)
    const b = Float64Array.from({ length: width * size }, (_, index) => {
      const [line, i] = [Math.floor(index / size), index % size]
      let sum = 0
      for (let j = 0; j < size; j += 1)
        for (let k = 0; k <= Math.min(i, j); k += 1)
          sum += lower[i * size + k]! * lower[j * size + k]! * y[line * size + j]!
      return sum
    })
    const made = tf.tidy(() => kernels.solveCholesky(float(lower, [size, size]), float(b, [width, size])))
    expectNear(made.dataSync(), y, 1e-5)
    made.dispose()
  })
})
