import { expect, it } from 'vitest'
import { parsePlan, resolvePlan } from '../../../src/shared/model/plan.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'

const vgg = networkOf('tiny-vgg')

it('A plan gives its learning rates to groups, as torch.optim.SGD would take them', () => {
  const plan = parsePlan({ features: 1e-4, 'features.0': 'frozen', 'classifier.6': { learningRate: 1e-3 } })
  const { groups, learningRates } = resolvePlan(vgg, plan)
  expect(groups.map(({ name, learningRate }) => [name, learningRate])).toEqual([
    ['features', 1e-4],
    ['classifier.6', 1e-3],
  ])
  expect(learningRates.get('classifier.6.bias')).toBe(1e-3)
  expect(learningRates.has('features.0.weight')).toBe(false)
})

it('A plan file of the first version, which says `rate`, means what it meant', () => {
  const first = { features: { rate: 'frozen' }, 'classifier.6': { rate: 1e-3, statistics: 'keep' } }
  expect(parsePlan(first)).toEqual({
    features: { learningRate: 'frozen' },
    'classifier.6': { learningRate: 1e-3, statistics: 'keep' },
  })
})

it('A rule that says both, or something else, is refused', () => {
  for (const rule of [{ rate: 1e-3, learningRate: 1e-4 }, { speed: 1 }, { rate: -1 }])
    expect(() => parsePlan({ features: rule })).toThrow(expect.objectContaining({ code: 'plan.invalid' }))
})
