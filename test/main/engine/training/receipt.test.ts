import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { portableKernels } from '../../../../src/main/engine/backend/kernels/portable.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import { Weights } from '../../../../src/main/engine/model/weights.ts'
import { Receipt } from '../../../../src/main/engine/training/receipt.ts'
import { sizeOf } from '../../../../src/shared/model/layers.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'

const head = (name: string): boolean => name.startsWith('classifier.6')

let weights: Weights
let receipt: Receipt
beforeEach(() => {
  weights = new Weights(networkOf('tiny-vgg'))
  for (const { name, shape } of weights.specs)
    weights.put(
      name,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + name.length)),
    )
  receipt = new Receipt(weights, portableKernels('cpu'))
})

function move(name: string, by: number): void {
  weights.set(
    name,
    tf.tidy(() => weights.get(name).add(by)),
  )
}

/** As PyTorch's tensor would give it. */
const hashOf = (name: string): string =>
  createHash('sha256').update(weights.take(name)).digest('hex').slice(0, 16)

describe('A freeze receipt', () => {
  it('has each tensor with its hash, and whether it changed', () => {
    move('classifier.6.bias', 1)
    receipt.check(head)
    const tensors = receipt.issue(head)
    expect(tensors.map(({ name }) => name)).toEqual(weights.specs.map(({ name }) => name))
    for (const { name, frozen, changed, hash } of tensors) {
      expect(frozen).toBe(!head(name))
      expect(changed).toBe(name === 'classifier.6.bias')
      expect(hash).toBe(hashOf(name))
    }
  })

  it('stops at a frozen tensor of which a single bit changed', () => {
    const name = 'features.0.weight'
    const values = weights.take(name)
    new Uint32Array(values.buffer)[5]! ^= 1
    weights.put(name, values)
    expect(() => receipt.check(head)).toThrow(
      expect.objectContaining({ code: 'run.frozen-changed', parameters: { tensor: name } }),
    )
  })

  it('is the same whether tensors went into a file before or not, and gives them as they are', () => {
    for (const epoch of [1, 2]) {
      move('classifier.6.weight', epoch)
      receipt.check(head)
      const written = epoch === 1 ? ['classifier.6.weight', 'features.0.weight'] : []
      for (const name of written)
        expect([...receipt.pieces(name)].flatMap((it) => [...it])).toEqual([...weights.take(name)])
      for (const { name, hash } of receipt.issue(head)) expect(hash).toBe(hashOf(name))
    }
  })

  it('hashes what was written only in part', () => {
    receipt.check(head)
    receipt.pieces('classifier.6.weight').next()
    expect(receipt.issue(head).find(({ name }) => name === 'classifier.6.weight')?.hash).toBe(
      hashOf('classifier.6.weight'),
    )
  })
})
