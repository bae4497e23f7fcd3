import { describe, expect, it } from 'vitest'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import { Weights } from '../../../../src/main/engine/model/weights.ts'
import { isMeasured, StepNorms } from '../../../../src/main/engine/training/norms.ts'
import { Optimizer } from '../../../../src/main/engine/training/optimizer.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { sizeOf } from '../../../../src/shared/model/layers.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'

const name = 'classifier.6.weight'

/** In float64. */
const norm = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0))

function stepped(settings: object) {
  const weights = new Weights(networkOf('tiny-vgg'))
  for (const { name: tensor, shape } of weights.specs)
    weights.put(
      tensor,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.cos(i)),
    )
  const before = weights.take(name).slice()
  const values = Float32Array.from({ length: before.length }, (_, i) => 1e-3 * Math.sin(i + 1))
  const gradients = new Map([[name, weights.toEngine(name, values)]])
  const norms = new StepNorms()
  norms.takeGradients(gradients)
  new Optimizer(RunConfig.parse(settings), weights).step(gradients, () => 0.01, null, norms)
  const after = weights.take(name)
  return { norms: norms.told(), before, values, moved: after.map((value, i) => value - before[i]!) }
}

describe('The norms of a step', () => {
  it.each(['sgd', 'adam', 'adamw', 'rmsprop'])('are those of float64 with %s', (optimizer) => {
    const { norms, before, values, moved } = stepped({ optimizer })
    expect(norms).toHaveLength(1)
    const [found] = norms!
    expect(found!.name).toBe(name)
    for (const [value, exact] of [
      [found!.gradient, norm(values)],
      [found!.update, norm(moved)],
      [found!.weight, norm(before)],
    ] as const)
      expect(Math.abs(value - exact) / exact).toBeLessThan(1e-6)
  })

  it('are not told where one is no number', () => {
    const norms = new StepNorms()
    norms.takeGradients(new Map([[name, tf.tensor([1e30, 1])]]))
    norms.takeUpdate(name, tf.tensor([1, 1]), tf.tensor([1, 2]))
    expect(norms.told()).toBeUndefined()
  })
})

describe('What is measured', () => {
  it('is every step of a short run, and of any longer one at most 200', () => {
    const measured = (total: number) => Array.from({ length: total }, (_, step) => isMeasured(step, total))
    expect(measured(12)).not.toContain(false)
    expect(measured(200)).not.toContain(false)
    for (const total of [201, 1000, 500_000]) {
      const steps = measured(total)
      expect(steps[0]).toBe(true)
      const count = steps.filter(Boolean).length
      expect(count).toBeLessThanOrEqual(200)
      expect(count).toBeGreaterThan(99)
    }
  })
})
