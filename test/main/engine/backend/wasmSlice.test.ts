import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBackend } from '../../../../src/main/engine/backend/open.ts'
import type { Backend } from '../../../../src/main/engine/backend/types.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend({ prefer: 'wasm', threads: 1 })
})
afterAll(() => backend.close())

it.each([
  { shape: [10], begin: [3], size: [4] },
  { shape: [5, 4], begin: [1, 0], size: [3, 4] },
  { shape: [5, 4], begin: [1, 1], size: [3, 2] },
  { shape: [2, 3, 4], begin: [0, 1, 0], size: [2, 2, 4] },
  { shape: [2, 3, 4, 5], begin: [1, 0, 1, 0], size: [1, 3, 2, 5] },
  { shape: [2, 3, 4, 5], begin: [0, 1, 0, 2], size: [2, 1, 4, 1] },
  { shape: [2, 3, 4, 5, 2], begin: [1, 1, 1, 1, 1], size: [1, 2, 3, 4, 1] },
  { shape: [3, 2], begin: [0, 0], size: [3, 2] },
  { shape: [3, 2], begin: [3, 0], size: [0, 2] },
  { shape: [6, 2], begin: [4], size: [-1] },
])('cuts $size at $begin out of $shape', ({ shape, begin, size }) => {
  const values = Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i)
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  const isInside = (value: number): boolean =>
    begin.every((from, axis) => {
      const at = Math.floor(value / strides[axis]!) % shape[axis]!
      const to = size[axis] === -1 ? shape[axis]! : from + size[axis]!
      return at >= from && at < to
    })
  for (const type of ['float32', 'int32'] as const) {
    const before = tf.memory().numTensors
    const x = tf.tensor(values, shape, type)
    const y = tf.slice(x, begin, size)
    expect(Array.from(y.dataSync())).toEqual(values.filter(isInside))
    expect(y.dtype).toBe(type)
    tf.dispose([x, y])
    expect(tf.memory().numTensors).toBe(before)
  }
})

it('cuts truth values, which are a byte each', () => {
  const x = tf.tensor1d([true, false, true, true], 'bool')
  expect(Array.from(tf.slice(x, [1], [2]).dataSync())).toEqual([0, 1])
})
