import { expect, it } from 'vitest'
import type { WeightFile } from '../../../../src/main/engine/weights/codec.ts'
import { loadStrict } from '../../../../src/main/engine/weights/load.ts'

const network = [
  { name: 'bn.num_batches_tracked', shape: [] },
  { name: 'head.weight', shape: [2, 4] },
]

const fileOf = (dtype: 'int8' | 'float16'): WeightFile => ({
  ...{ path: '/weights/file.pth', format: 'pth', metadata: {}, found: {} },
  tensors: [
    { name: 'bn.num_batches_tracked', shape: [], dtype: 'int64', bytes: 8 },
    { name: 'head.weight', shape: [2, 4], dtype, bytes: 8 },
  ],
  read: () => Promise.resolve(new Float32Array(8)),
  close: () => Promise.resolve(),
})

it('Weights that are whole numbers are named and refused; counters may be', () => {
  const options = { network: 'tiny', head: 'head' }
  expect(() => loadStrict(fileOf('int8'), network, options)).toThrow(
    expect.objectContaining({
      code: 'weights.whole-numbers',
      message: expect.stringContaining('in head.weight:') as string,
    }) as Error,
  )
  expect(loadStrict(fileOf('float16'), network, options).names).toHaveLength(2)
})
