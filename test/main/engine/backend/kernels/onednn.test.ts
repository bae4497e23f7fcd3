import { describe, expect, it } from 'vitest'
import type { Executor } from '../../../../../src/main/engine/backend/kernels/execute.ts'
import { createOneDnn } from '../../../../../src/main/engine/backend/kernels/onednn.ts'
import { tf } from '../../../../../src/main/engine/backend/tf.ts'

const attribute = Object.fromEntries(
  ['type', 'string', 'int', 'ints', 'float', 'bool'].map((kind) => [
    kind,
    (name: string, value: unknown) => ({ name, type: 0, value }),
  ]),
) as unknown as Executor['attribute']

const none = tf.tensor1d([])
const executor = (runMany: Executor['runMany']): Executor => ({
  runMany,
  run: (op, attributes, inputs) => runMany(op, attributes, inputs, 1)[0]!,
  none,
  typeOf: () => 1,
  attribute,
})

describe('OneDNN’s kernels are left alone', () => {
  it('where TensorFlow has no such operations', () => {
    const without = executor((op) => {
      throw new Error(`Op type not registered '${op}'`)
    })
    expect(createOneDnn(without)).toBeNull()
  })

  it('where they answer something else', () => {
    const before = tf.memory().numTensors
    const wrong = executor((_op, _attributes, [x], outputs) =>
      Array.from({ length: outputs }, () => tf.zerosLike(x!)),
    )
    expect(createOneDnn(wrong)).toBeNull()
    expect(tf.memory().numTensors).toBe(before)
  })
})
