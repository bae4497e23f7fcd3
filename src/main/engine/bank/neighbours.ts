import { setImmediate as nextTurn } from 'node:timers/promises'
import { ThawError } from '../../../shared/errors.ts'
import { tf } from '../backend/tf.ts'
import type { Matrix } from './matrix.ts'

/** The most similar photos of each, nearest first. */
export interface Neighbours {
  /** [photos, k] indices of photos; −1 where there are fewer than k others. */
  indices: Int32Array
  /** [photos, k] cosine distances, 1 − cos, from 0 to 2. */
  distances: Float32Array
  k: number
}

/** Rows that are compared at once: their products take 64 MB against 16,000 photos. */
const block = 1024

/** Each row at length 1, so that a product is a cosine; a row of zeros stays so, and is like nothing. */
export function unitRows({ values, rows, columns }: Matrix): Matrix {
  const unit = new Float32Array(values.length)
  for (let i = 0; i < rows; i += 1) {
    let square = 0
    for (let j = i * columns; j < (i + 1) * columns; j += 1) square += values[j]! ** 2
    const length = Math.sqrt(square) || 1
    for (let j = i * columns; j < (i + 1) * columns; j += 1) unit[j] = values[j]! / length
  }
  return { values: unit, rows, columns }
}

/** The k best of each row so far, sorted; kept by insertion, for most candidates fall below the last one. */
class Best {
  readonly indices: Int32Array
  readonly likeness: Float32Array
  private readonly k: number

  constructor(rows: number, k: number) {
    this.k = k
    this.indices = new Int32Array(rows * k).fill(-1)
    this.likeness = new Float32Array(rows * k).fill(-Infinity)
  }

  offer(row: number, index: number, value: number): void {
    const { k, indices, likeness } = this
    const first = row * k
    let at = first + k - 1
    if (!isBefore(value, index, likeness[at]!, indices[at]!)) return
    for (; at > first && isBefore(value, index, likeness[at - 1]!, indices[at - 1]!); at -= 1) {
      likeness[at] = likeness[at - 1]!
      indices[at] = indices[at - 1]!
    }
    likeness[at] = value
    indices[at] = index
  }
}

/** More alike first; of equals the first in the list. */
const isBefore = (value: number, index: number, other: number, otherIndex: number): boolean =>
  value > other || (value === other && index < otherIndex)

/**
 * The k most similar of every photo, exactly: all products are taken, half of them, since likeness goes both ways.
 * @throws ThawError cancelled
 */
export async function neighbours(
  features: Matrix,
  k: number,
  {
    signal,
    onProgress,
  }: { signal?: AbortSignal; onProgress?: (progress: { done: number; total: number }) => void } = {},
): Promise<Neighbours> {
  const unit = unitRows(features)
  const { rows, columns } = unit
  const best = new Best(rows, k)
  const x = tf.tensor2d(unit.values, [rows, columns])
  try {
    for (let from = 0; from < rows; from += block) {
      await nextTurn()
      if (signal?.aborted) throw new ThawError('cancelled')
      const count = Math.min(block, rows - from)
      const products = tf.tidy(() => {
        const some = tf.slice(x, [from, 0], [count, columns])
        const others = tf.slice(x, [from, 0], [rows - from, columns])
        return tf.matMul(some, others, false, true)
      })
      const values = products.dataSync() as Float32Array
      products.dispose()
      const width = rows - from
      for (let i = 0; i < count; i += 1)
        for (let j = i + 1; j < width; j += 1) {
          const value = values[i * width + j]!
          best.offer(from + i, from + j, value)
          best.offer(from + j, from + i, value)
        }
      onProgress?.({ done: from + count, total: rows })
    }
  } finally {
    x.dispose()
  }
  return { indices: best.indices, distances: best.likeness.map(distanceOf), k }
}

/** Rounding may carry a cosine beyond 1. */
const distanceOf = (cosine: number): number => Math.max(0, 1 - cosine)

/** The k most similar of one row among all others. @param other [columns] */
export function nearest(
  features: Matrix,
  other: Float32Array,
  k: number,
): { index: number; distance: number }[] {
  const unit = unitRows(features)
  const { values } = unitRows({ values: other, rows: 1, columns: other.length })
  const best = new Best(1, Math.min(k, features.rows))
  for (let i = 0; i < unit.rows; i += 1) {
    let cosine = 0
    for (let j = 0, at = i * unit.columns; j < unit.columns; j += 1, at += 1)
      cosine += unit.values[at]! * values[j]!
    best.offer(0, i, cosine)
  }
  return Array.from(best.indices, (index, i) => ({ index, distance: distanceOf(best.likeness[i]!) }))
}

/**
 * How lonely each photo is: the mean distance to its k neighbours. The largest are unlike all others.
 */
export function loneliness({ indices, distances, k }: Neighbours): Float64Array {
  return Float64Array.from({ length: indices.length / k }, (_, row) => {
    let sum = 0
    let found = 0
    for (let at = row * k; at < (row + 1) * k; at += 1) {
      if (indices[at] === -1) continue
      sum += distances[at]!
      found += 1
    }
    return found === 0 ? 0 : sum / found
  })
}
