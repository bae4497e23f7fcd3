import { beforeAll, describe, expect, it } from 'vitest'
import { openBackend } from '../../../../src/main/engine/backend/open.ts'
import { numbersOf, photoBatch } from '../../../../src/main/engine/model/photoBatch.ts'
import type { Preparation } from '../../../../src/shared/preparation.ts'
import { recipePreparation } from '../../../../src/shared/preparation.ts'

const preparation: Preparation = { ...recipePreparation, crop: 8, mean: [0, 0, 0], std: [1, 1, 1] }
const length = 8 * 8 * 3
const view = (byte: number) => new Uint8Array(length).fill(byte)

/** The different numbers of each of three photos, and what is left of the tensors. */
function batchOf(views: (Uint8Array | undefined)[], floats?: Float32Array<ArrayBuffer>): number[][] {
  const x = photoBatch(views, preparation, 3, floats)
  expect(x.shape).toEqual([3, 8, 8, 3])
  const values = x.dataSync() as Float32Array
  x.dispose()
  return [0, 1, 2].map((i) => [...new Set(values.slice(i * length, (i + 1) * length))])
}

beforeAll(async () => {
  await openBackend({ prefer: 'cpu' })
})

describe('A batch of photos', () => {
  it('is blank where a view is missing, and behind the last one', () => {
    expect(batchOf([undefined, view(255)])).toEqual([[0], [1], [0]])
  })

  it('keeps nothing of the batch that lay in the same memory before', () => {
    const floats = new Float32Array(numbersOf(preparation, 3))
    expect(batchOf([view(255), view(255), view(255)], floats)).toEqual([[1], [1], [1]])
    expect(batchOf([view(51), undefined], floats)).toEqual([[Math.fround(0.2)], [0], [0]])
  })
})
