import { describe, expect, it } from 'vitest'
import { balancedWeights, crossEntropy, weightOf } from '../../../../src/main/engine/training/loss.ts'

const logits = Float32Array.of(1, -0.5, 0.25, 0, 2, -1)
const targets = [2, 0]

describe('cross entropy', () => {
  it('has the gradient that its values have', () => {
    const options = { labelSmoothing: 0.2, classWeights: [0.5, 1, 2] }
    const { gradient } = crossEntropy(logits, targets, options)
    const step = 2 ** -10
    logits.forEach((_, i) => {
      const at = (by: number) =>
        crossEntropy(
          logits.map((z, k) => (k === i ? z + by : z)),
          targets,
          options,
        ).loss
      expect(gradient[i]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 5)
    })
  })

  it('of a network that knows nothing is log C, whatever part of the target smoothing shares out', () => {
    const even = new Float32Array(4)
    for (const labelSmoothing of [0, 0.1, 0.5]) {
      const { loss, gradient } = crossEntropy(even, [1], { labelSmoothing, classWeights: null })
      expect(loss).toBeCloseTo(Math.log(4), 12)
      // p − q: a quarter less what of the target lies on each class, ε / 4 of all and 1 − ε of the right one.
      const other = 1 / 4 - labelSmoothing / 4
      const right = other - (1 - labelSmoothing)
      expect([...gradient]).toEqual([other, right, other, other].map(Math.fround))
    }
  })

  it('of parts, each divided by the weight of the whole, adds up to that of the batch', () => {
    const options = { labelSmoothing: 0.1, classWeights: [0.5, 1, 2] }
    const whole = weightOf(targets, options.classWeights)
    const parts = targets.map((target, row) =>
      crossEntropy(logits.slice(row * 3, row * 3 + 3), [target], options, whole),
    )
    const together = crossEntropy(logits, targets, options)
    expect(parts[0]!.loss + parts[1]!.loss).toBeCloseTo(together.loss, 12)
    expect([...parts[0]!.gradient, ...parts[1]!.gradient]).toEqual([...together.gradient])
  })

  it('of photos that all weigh nothing is 0, and teaches nothing', () => {
    const { loss, gradient } = crossEntropy(logits, targets, {
      labelSmoothing: 0.1,
      classWeights: [0, 1, 0],
    })
    expect(loss).toBe(0)
    expect(gradient.every((value) => Math.abs(value) === 0)).toBe(true)
  })
})

it('balanced weights give every class the same say', () => {
  const counts = [1, 2, 5]
  const weights = balancedWeights(counts)
  expect(counts.map((count, i) => count * weights[i]!)).toEqual([8 / 3, 8 / 3, 8 / 3])
})
