import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import { isSame } from './geometry.ts'
import type { Window } from './kernels.ts'
import { float32, int32 } from './execute.ts'
import type { Executor } from './execute.ts'

/**
 * 3×3 convolutions with a quarter of the multiplications: Winograd's F(4×4, 3×3), as in Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks" (2015). Each tile of 4×4 outputs comes of the 6×6 inputs that it sees:
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * where the sum over the input channels goes inside the brackets, so that it is 36 products of matrices,
 * [tiles, in] · [in, out]. Applied to rows laid one after the other, the transforms are products with Kronecker squares.
 */

const outputs = 4
const taps = 3
/** A tile's side. */
const side = outputs + taps - 1
/** What a tile shares with the one after it. */
const shared = side - outputs
const area = side * side

/**
 * Where the polynomials are evaluated, beside infinity. The usual 0, ±1, ±2 have two to three times the rounding error: the more
 * alike the points' absolute values are to 1, the smaller the numbers that cancel. These are exact in binary.
 */
const points = [0, 0.75, -0.75, 1.5, -1.5]

type Matrix = number[][]

/** Coefficients, lowest first, of the product of (x − root). */
function polynomial(roots: readonly number[]): number[] {
  let coefficients = [1]
  for (const root of roots)
    coefficients = [...coefficients, 0].map(
      (_, power) => (coefficients[power - 1] ?? 0) - root * (coefficients[power] ?? 0),
    )
  return coefficients
}

/**
 * The Toom–Cook matrices of the points: Aᵀ [4, 6], G [6, 3] and Bᵀ [6, 6]. A row of G and the same of Bᵀ may be scaled against
 * each other; powers of two cost no digit.
 */
export function winogradMatrices(): { output: Matrix; filter: Matrix; input: Matrix } {
  const others = (at: number) => points.filter((_, i) => i !== at)
  const powers = (point: number, count: number) => Array.from({ length: count }, (_, power) => point ** power)
  const infinity = (count: number) =>
    Array.from({ length: count }, (_, power) => (power === count - 1 ? 1 : 0))
  const columns = [...points.map((point) => powers(point, outputs)), infinity(outputs)]
  const output = infinity(outputs).map((_, row) => columns.map((column) => column[row]!))
  const filter: Matrix = []
  const input: Matrix = []
  for (const [i, point] of points.entries()) {
    const scale = others(i).reduce((product, other) => product * (point - other), 1)
    const balance = 2 ** Math.round(Math.log2(Math.abs(scale)))
    filter.push(powers(point, taps).map((power) => (power * balance) / scale))
    input.push([...polynomial(others(i)), 0].map((it) => it / balance))
  }
  filter.push(infinity(taps))
  input.push(polynomial(points))
  return { output, filter, input }
}

/** The Kronecker product of a matrix with itself: what it does to rows and columns of a square laid row by row. */
const squared = (m: Matrix): Matrix =>
  m.flatMap((a) => m.map((b) => a.flatMap((left) => b.map((right) => left * right))))

/**
 * A tile's places in the order in which they are gathered: those of its own 4×4, then those that belong to the tile below, beside,
 * and below beside.
 */
const gathered = [
  [0, 0],
  [outputs, 0],
  [0, outputs],
  [outputs, outputs],
].flatMap(([top, left]) => {
  const range = (from: number) => Array.from({ length: from === 0 ? outputs : shared }, (_, i) => from + i)
  return range(top!).flatMap((row) => range(left!).map((column) => row * side + column))
})

/**
 * Bytes of a transformed part from which on photos are taken one group after the other: more at once would only take memory.
 */
const groupBytes = 2 ** 26

const tilesAlong = (size: number): number => Math.ceil(size / outputs)

/**
 * in · out / (in + out) channels from which on the transforms, which cost in + out a pixel, cost less than they save, in · out:
 * measured on 2 cores with AVX-512. TensorFlow's filter gradient is slower than its convolution, and gives way sooner; the kernels of
 * our own (native/winograd.h) keep their tiles in the cache, and have a fast direct filter gradient.
 */
const worthwhile = { conv: 80, 'filter gradient': 60, 'own conv': 20, 'own filter gradient': 100 }

/** Whether a convolution gains by it. Small maps that fill their last tiles badly are left out. */
export function suitsWinograd(
  x: readonly number[],
  filter: readonly number[],
  how: Window,
  what: keyof typeof worthwhile = 'conv',
): boolean {
  const [, height, width] = x as [number, number, number, number]
  const [rows, columns, from, to] = filter as [number, number, number, number]
  if (how.depthwise || how.stride !== 1 || rows !== taps || columns !== taps || !isSame(taps, how))
    return false
  const filled = (height * width) / (tilesAlong(height) * tilesAlong(width) * outputs ** 2)
  return (from * to) / (from + to) > worthwhile[what] && filled > 0.7
}

export interface Winograd {
  /** [batch, height, width, out] of x [batch, height, width, in] and filter [3, 3, in, out], stride 1, padding 1. */
  conv: (x: Tensor, filter: Tensor) => Tensor
  /** [batch, height, width, in] */
  inputGradient: (dy: Tensor, filter: Tensor) => Tensor
  /** [3, 3, in, out] */
  filterGradient: (dy: Tensor, x: Tensor) => Tensor
}

/** float32 only. */
export function createWinograd({ run, attribute }: Executor): Winograd {
  const T = attribute.type('T', float32)
  const matrices = winogradMatrices()
  // Small enough to be handed over each time, so that nothing has to be kept and freed.
  const transforms = {
    input: squared(matrices.input).map((row) => gathered.map((index) => row[index]!)),
    filter: squared(matrices.filter),
    turnedFilter: squared(matrices.filter).map((row) => row.toReversed()),
    output: squared(matrices.output),
  }

  const ints = (values: number[]): Tensor => tf.tensor1d(values, 'int32')
  const pairs = (values: number[][]): Tensor => tf.tensor2d(values, undefined, 'int32')
  const slice = (x: Tensor, from: number[], size: number[]): Tensor =>
    run('Slice', [T, attribute.type('Index', int32)], [x, ints(from), ints(size)])
  const concat = (parts: Tensor[]): Tensor =>
    run(
      'ConcatV2',
      [T, attribute.int('N', parts.length), attribute.type('Tidx', int32)],
      [...parts, tf.scalar(0, 'int32')],
    )
  const transformed = (m: Matrix, x: Tensor, transposed = false): Tensor => {
    const attributes = [T, attribute.bool('transpose_a', transposed), attribute.bool('transpose_b', false)]
    return run('MatMul', attributes, [tf.tensor2d(m), x])
  }
  const products = (a: Tensor, b: Tensor, transposed?: 'a' | 'b'): Tensor =>
    run(
      'BatchMatMulV2',
      [T, attribute.bool('adj_x', transposed === 'a'), attribute.bool('adj_y', transposed === 'b')],
      [a, b],
    )

  /**
   * Each tile's place of its own in front: [4, 4, batch, rows, columns, channels].
   * @param before zeros before the first row and column
   * @param rows @param columns tiles
   */
  function spread(x: Tensor, before: number, rows: number, columns: number): Tensor {
    const [batch, height, width, channels] = x.shape as [number, number, number, number]
    const after = (tiles: number, size: number) => outputs * tiles - size - before
    const attributes = [T, attribute.type('Tblock_shape', int32), attribute.type('Tpaddings', int32)]
    const paddings = pairs([
      [before, after(rows, height)],
      [before, after(columns, width)],
    ])
    const y = run('SpaceToBatchND', attributes, [x, ints([outputs, outputs]), paddings])
    return y.reshape([outputs, outputs, batch, rows, columns, channels])
  }

  /** Bᵀ d B of all tiles, [36, tiles, channels]. */
  function transformedInput(x: Tensor): Tensor {
    const [batch, height, width, channels] = x.shape as [number, number, number, number]
    const [rows, columns] = [tilesAlong(height), tilesAlong(width)]
    const apart = spread(x, 1, rows + 1, columns + 1)
    const part = (down: 0 | 1, right: 0 | 1): Tensor =>
      slice(
        apart,
        [0, 0, 0, down, right, 0],
        [down ? shared : outputs, right ? shared : outputs, batch, rows, columns, channels],
      ).reshape([-1, batch * rows * columns * channels])
    const tiles = concat([part(0, 0), part(1, 0), part(0, 1), part(1, 1)])
    return transformed(transforms.input, tiles).reshape([area, batch * rows * columns, channels])
  }

  /** A dY Aᵀ of all tiles, [36, tiles, channels]. */
  function transformedOutputGradient(dy: Tensor): Tensor {
    const [batch, height, width, channels] = dy.shape as [number, number, number, number]
    const [rows, columns] = [tilesAlong(height), tilesAlong(width)]
    const tiles = spread(dy, 0, rows, columns).reshape([outputs ** 2, -1])
    return transformed(transforms.output, tiles, true).reshape([area, batch * rows * columns, channels])
  }

  /**
   * The convolution of x, or of a gradient back to its input: that is one with the filter turned by half a turn, in and out
   * exchanged.
   * @param filter transformed, [36, in, out]
   */
  function convTiles(x: Tensor, filter: Tensor, back: boolean): Tensor {
    const [batch, height, width] = x.shape as [number, number, number, number]
    const [rows, columns] = [tilesAlong(height), tilesAlong(width)]
    const channels = filter.shape[back ? 1 : 2]!
    const sums = products(transformedInput(x), filter, back ? 'b' : undefined)
    const tiles = transformed(transforms.output, sums.reshape([area, -1]))
    const crops = pairs([
      [0, outputs * rows - height],
      [0, outputs * columns - width],
    ])
    const attributes = [T, attribute.type('Tblock_shape', int32), attribute.type('Tcrops', int32)]
    const blocks = tiles.reshape([outputs ** 2 * batch, rows, columns, channels])
    return run('BatchToSpaceND', attributes, [blocks, ints([outputs, outputs]), crops])
  }

  /** Photos of at most `groupBytes`, transformed, as [from, count]. */
  function groupsOf(x: Tensor, channels: number): [number, number][] {
    const [batch, height, width] = x.shape as [number, number, number, number]
    const bytes = 4 * area * tilesAlong(height) * tilesAlong(width) * channels
    const size = Math.max(1, Math.floor(groupBytes / bytes))
    const groups: [number, number][] = []
    for (let from = 0; from < batch; from += size) groups.push([from, Math.min(size, batch - from)])
    return groups
  }
  const photos = (x: Tensor, [from, count]: [number, number]): Tensor =>
    count === x.shape[0] ? x : slice(x, [from, 0, 0, 0], [count, ...x.shape.slice(1)])

  function convolved(x: Tensor, filter: Tensor, back: boolean): Tensor {
    const [, , from, to] = filter.shape as [number, number, number, number]
    return tf.tidy(() => {
      const transform = back ? transforms.turnedFilter : transforms.filter
      const ready = transformed(transform, filter.reshape([taps * taps, -1])).reshape([area, from, to])
      const groups = groupsOf(x, Math.max(from, to))
      const parts = groups.map((group) => tf.tidy(() => convTiles(photos(x, group), ready, back)))
      return parts.length === 1 ? parts[0]! : concat(parts)
    })
  }

  return {
    conv: (x, filter) => convolved(x, filter, false),
    inputGradient: (dy, filter) => convolved(dy, filter, true),
    // dg = Gᵀ [ (Bᵀ d B) ⊙ (A dY Aᵀ) ] G
    filterGradient: (dy, x) =>
      tf.tidy(() => {
        const [from, to] = [x.shape[3]!, dy.shape[3]!]
        let sum: Tensor | null = null
        for (const group of groupsOf(x, Math.max(from, to))) {
          const before: Tensor | null = sum
          sum = tf.tidy(() => {
            const part = products(
              transformedInput(photos(x, group)),
              transformedOutputGradient(photos(dy, group)),
              'a',
            )
            return before ? run('AddV2', [T], [before, part]) : part
          })
          before?.dispose()
        }
        const gradient = transformed(transforms.filter, sum!.reshape([area, -1]), true)
        return gradient.reshape([taps, taps, from, to])
      }),
  }
}
