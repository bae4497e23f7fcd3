import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { best } from '../../../../src/main/engine/classify/probabilities.ts'
import { softmax } from '../../../../src/main/engine/training/loss.ts'

const classes = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`)

describe('The likeliest classes', () => {
  it('are those of all classes put in order, of equal ones the first', () => {
    // Few values, so that many are equal.
    const logits = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 45 }), (values, top) => {
        const probabilities = softmax(Float32Array.from(values), values.length)
        const order = values.map((_, i) => i)
        order.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b)
        const found = best(Float32Array.from(values), classes(values.length), top)
        expect(found).toEqual(
          order
            .slice(0, top)
            .map((index) => ({ index, class: `class ${index}`, probability: probabilities[index] })),
        )
      }),
    )
  })
})
