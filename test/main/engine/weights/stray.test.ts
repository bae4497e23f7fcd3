import { expect, it } from 'vitest'
import { inspectWeights } from '../../../../src/main/engine/weights/inspect.ts'
import { openWeights } from '../../../../src/main/engine/weights/index.ts'

const file = 'test/fixtures/stray/stray.pth'

it('A NumPy array, a sparse tensor and a namespace keep no good tensor from being read', async () => {
  const weights = await openWeights(file)
  expect(weights.tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ['weight', [2, 3]],
    ['bias', [2]],
  ])
  expect([...(await weights.read('weight'))]).toEqual([0, 1, 2, 3, 4, 5])
  expect([...(await weights.read('bias'))]).toEqual([1, -1])
  await weights.close()
})

it('They are named', async () => {
  const inspected = await inspectWeights(file)
  expect('warnings' in inspected && inspected.warnings).toMatchObject([{ code: 'weights.stray' }])
  for (const name of [
    'mean (numpy',
    'sparse (torch._utils._rebuild_sparse_tensor)',
    'args (argparse.Namespace)',
  ])
    expect(JSON.stringify(inspected)).toContain(name)
})
