import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Storage, View } from '../../../../src/main/engine/weights/strided.ts'
import { elementCount, readView, rowMajor, viewProblem } from '../../../../src/main/engine/weights/strided.ts'

/** A storage of the floats 0, 1, 2, …. */
function counting(length: number): Storage {
  const bytes = new Uint8Array(Float32Array.from({ length }, (_, i) => i).buffer)
  return {
    size: bytes.length,
    bigEndian: false,
    readInto: (target, offset) => {
      expect(offset + target.length).toBeLessThanOrEqual(bytes.length)
      target.set(bytes.subarray(offset, offset + target.length))
      return Promise.resolve()
    },
  }
}

const view = (shape: number[], strides: number[], offset = 0): View => ({
  dtype: 'float32',
  shape,
  strides,
  offset,
})
const values = async (v: View, length = 64) => Array.from(await readView(counting(length), v))

describe('a strided view', () => {
  it('of a row-major tensor is its run of the storage', async () => {
    expect(await values(view([2, 3], [3, 1], 4))).toEqual([4, 5, 6, 7, 8, 9])
  })

  it('of a transposed tensor comes out row-major', async () => {
    expect(await values(view([2, 3], [1, 2]))).toEqual([0, 2, 4, 1, 3, 5])
  })

  it('of a part of a tensor leaves out what lies between', async () => {
    expect(await values(view([2, 2], [10, 3], 1))).toEqual([1, 4, 11, 14])
  })

  it('of a number without dimensions, of nothing, and of one repeated element', async () => {
    expect(await values(view([], [], 7))).toEqual([7])
    expect(await values(view([0, 3], [3, 1]))).toEqual([])
    expect(await values(view([2, 2], [0, 0], 5))).toEqual([5, 5, 5, 5])
  })

  it('reads any permutation of any shape as PyTorch’s contiguous() does', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(shapes, fc.infiniteStream(fc.nat()), async (shape, order) => {
        const permutation = shape.map((_, d) => d).sort(() => (order.next().value % 2 === 0 ? 1 : -1))
        const original = rowMajor(shape)
        const permuted = view(
          permutation.map((d) => shape[d]!),
          permutation.map((d) => original[d]!),
        )
        const expected: number[] = []
        const walk = (d: number, at: number): void => {
          if (d === permuted.shape.length) expected.push(at)
          else for (let i = 0; i < permuted.shape[d]!; i += 1) walk(d + 1, at + i * permuted.strides[d]!)
        }
        walk(0, 0)
        expect(viewProblem(permuted, elementCount(shape))).toBeUndefined()
        expect(await values(permuted, elementCount(shape))).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a view is refused', () => {
  const problem = (v: View, available = 10) => viewProblem(v, available)

  it('past the end of its storage, by offset or by strides', () => {
    expect(problem(view([2], [1], 9))).toMatch(/element 10/)
    expect(problem(view([2, 2], [9, 1]))).toMatch(/element 10/)
    expect(problem(view([2, 2], [8, 1]))).toBeUndefined()
  })

  it('with negative, fractional or overflowing numbers', () => {
    expect(problem(view([2], [1], -1))).toMatch(/no counts/)
    expect(problem(view([-2], [1]))).toMatch(/no counts/)
    expect(problem(view([2], [-1], 5))).toMatch(/no counts/)
    expect(problem(view([1.5], [1]))).toMatch(/no counts/)
    expect(problem(view([2 ** 50, 2 ** 50], [2 ** 50, 1]))).toBeDefined()
    expect(problem(view([2], [1, 1]))).toMatch(/strides/)
  })

  it('when a small storage would fill the memory by repetition', () => {
    expect(problem(view([2 ** 20, 2 ** 20], [0, 0]))).toMatch(/made of only 10/)
  })

  it('when its rows overlap', () => {
    expect(problem(view([3, 3], [1, 1]))).toMatch(/overlap/)
  })
})
