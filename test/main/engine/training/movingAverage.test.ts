import { expect, it } from 'vitest'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import type { Weights } from '../../../../src/main/engine/model/weights.ts'
import { MovingAverage } from '../../../../src/main/engine/training/movingAverage.ts'

it('the average moves by what its decay leaves, from the first value on', async () => {
  await tf.setBackend('cpu')
  const values = new Map([['w', tf.tensor1d([1])]])
  const weights = {
    get: (name: string) => values.get(name)!,
    toPyTorch: (_: string, tensor: tf.Tensor) => tensor.dataSync() as Float32Array,
  } as unknown as Weights
  const average = new MovingAverage(0.9, weights)
  average.watch(['w'])
  const after = (value: number): number => {
    values.set('w', tf.tensor1d([value]))
    average.update()
    return average.save().values.get('w')![0]!
  }
  // 2; 2 + .1 · (12 − 2); 3 + .1 · (3 − 3)
  expect([after(2), after(12), after(3)].map((it) => Number(it.toFixed(5)))).toEqual([2, 3, 3])
  average.dispose()
})
