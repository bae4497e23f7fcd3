import { describe, expect, it } from 'vitest'
import type { Executor } from '../../../../../src/main/engine/backend/kernels/execute.ts'
import { createProcessor } from '../../../../../src/main/engine/backend/kernels/processor.ts'
import { tf } from '../../../../../src/main/engine/backend/tf.ts'

const attribute = {
  float: (name: string, value: unknown) => ({ name, type: 0, value }),
} as unknown as Executor['attribute']

const none = tf.tensor1d([])
const executor = (runMany: Executor['runMany']): Executor => ({
  runMany,
  run: (op, attributes, inputs) => runMany(op, attributes, inputs, 1)[0]!,
  none,
  typeOf: () => 1,
  attribute,
})

describe('Kernels of our own are left alone', () => {
  it('where set-up could not compile them', () => {
    const without = executor((op) => {
      throw new Error(`Op type not registered '${op}'`)
    })
    expect(createProcessor(without)).toBeNull()
  })

  it('where they answer something else', () => {
    const wrong = executor((_op, _attributes, [x], outputs) =>
      Array.from({ length: outputs }, () => tf.zerosLike(x!)),
    )
    expect(createProcessor(wrong)).toBeNull()
  })
})
