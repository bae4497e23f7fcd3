import { describe, expect, it } from 'vitest'
import { networkOf, namedPlan } from '../../../src/shared/model/registry.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import { partsOf } from '../../../src/shared/model/planTree.ts'
import * as edit from '../../../src/shared/model/planEdit.ts'
import { presetNames, presetStages } from '../../../src/shared/model/presets.ts'
import { heatOf } from '../../../src/shared/model/heat.ts'
import { withClasses } from '../../../src/shared/model/layers.ts'

const vgg = withClasses(networkOf('vgg16'), 2)
const lite = withClasses(networkOf('efficientnet-lite0'), 2)
const recipe = namedPlan(vgg, 'recipe')
const quick = namedPlan(vgg, 'head-only')

describe('editing a plan', () => {
  it('sets a rate where it is asked for and leaves what is set below', () => {
    const plan = edit.setRate(vgg, { 'features.0': { learningRate: 1e-5 } }, 'features', 1e-4)
    expect(plan).toEqual({ 'features.0': { learningRate: 1e-5 }, features: { learningRate: 1e-4 } })
  })

  it('leaves out a rate that would be inherited anyway', () => {
    expect(edit.setRate(vgg, { features: { learningRate: 1e-4 } }, 'features.0', 1e-4)).toEqual({
      features: { learningRate: 1e-4 },
    })
  })

  it('does not touch the plan it was given', () => {
    const before = structuredClone(recipe)
    edit.toggleFrozen(vgg, recipe, 'features')
    expect(recipe).toEqual(before)
  })

  it('freezes a whole part that learns, with all that was set below it', () => {
    const plan = edit.toggleFrozen(vgg, { ...recipe, 'features.0': { learningRate: 1e-6 } }, 'features')
    expect(edit.freezeStates(vgg, plan).get('features')).toEqual({ state: 'frozen', fastest: 'frozen' })
    expect(Object.keys(plan)).not.toContain('features.0')
  })

  it('thaws a mixed part whole, at the rate of its own', () => {
    const mixed = edit.setRate(vgg, recipe, 'features.0-4', 'frozen')
    expect(edit.freezeStates(vgg, mixed).get('features')?.state).toBe('mixed')
    expect(edit.toggleFrozen(vgg, mixed, 'features')).toEqual(edit.simplify(vgg, recipe))
  })

  it('thaws a part at the recipe’s rate where nothing above it learns', () => {
    const plan = edit.toggleFrozen(vgg, quick, 'classifier.0')
    expect(plan['classifier.0']).toEqual({ learningRate: 5e-4 })
  })

  it('thaws a part at the rate above it where that learns', () => {
    const frozen = edit.toggleFrozen(vgg, { features: { learningRate: 3e-5 } }, 'features.24-30')
    expect(edit.toggleFrozen(vgg, frozen, 'features.24-30')).toEqual({ features: { learningRate: 3e-5 } })
  })

  it('takes an own rate away', () => {
    expect(edit.inheritRate(vgg, recipe, 'features')).not.toHaveProperty('features')
  })

  it('scales a part and what is set below it, without dust', () => {
    const plan = edit.scaleRates(
      vgg,
      { features: { learningRate: 1e-4 }, 'features.0': { learningRate: 3e-5 } },
      'features',
      0.1,
    )
    expect(plan).toEqual({ features: { learningRate: 1e-5 }, 'features.0': { learningRate: 3e-6 } })
  })

  it('multiplies rates with all their digits, and by one changes none', () => {
    const plan = { features: { learningRate: 1.25e-4 }, classifier: { learningRate: 1 / 3 } }
    expect(edit.scaleRates(vgg, plan, 'features', 10)).toMatchObject({ features: { learningRate: 1.25e-3 } })
    expect(edit.scaleRates(vgg, plan, '', 1)).toEqual(plan)
  })

  it('freezes everything up to a node, and no more', () => {
    const plan = edit.freezeUpTo(vgg, recipe, 'features.10-16')
    const states = edit.freezeStates(vgg, plan)
    expect(['features.0-4', 'features.5-9', 'features.10-16'].map((id) => states.get(id)?.state)).toEqual([
      'frozen',
      'frozen',
      'frozen',
    ])
    expect(states.get('features.17-23')?.state).toBe('learns')
    expect(states.get('classifier')?.state).toBe('learns')
    expect(plan['features.0']).toBeUndefined()
  })

  it('spreads rates over the parts that learn', () => {
    const base = edit.freezeUpTo(vgg, recipe, 'features.10-16')
    const plan = edit.spreadRates(vgg, base, partsOf(vgg), { low: 1e-5, high: 1e-3 })
    const { nodes } = resolvePlan(vgg, plan)
    expect(nodes.get('features.17-23')?.learningRate).toBe(1e-5)
    expect(nodes.get('classifier.0')?.learningRate).toBe(1e-4)
    expect(nodes.get('classifier.6')?.learningRate).toBe(1e-3)
    expect(nodes.get('features.0-4')?.learningRate).toBe('frozen')
  })

  it('sets what BatchNorm does with its statistics', () => {
    const everything = namedPlan(lite, 'everything')
    const kept = edit.setStatistics(lite, everything, 'blocks', 'keep')
    expect([...resolvePlan(lite, kept).updating].some((id) => id.startsWith('blocks'))).toBe(false)
    expect(edit.setStatistics(lite, kept, 'blocks', 'update')).toEqual(everything)
  })

  it('counts what BatchNorm does as a change', () => {
    const changed = edit.setStatistics(lite, {}, 'blocks', 'keep')
    expect(edit.countChanges(lite, {}, changed)).toBe(1)
  })

  it('scales no rate beyond what an optimizer takes', () => {
    const plan = edit.scaleRates(vgg, { features: { learningRate: 50 } }, 'features', 10)
    expect(plan).toEqual({ features: { learningRate: 100 } })
  })

  it('thaws a mixed part at its own rate, whatever the recipe would give it', () => {
    const mixed = { features: { learningRate: 3e-5 }, 'features.0': { learningRate: 'frozen' } } as const
    expect(edit.toggleFrozen(vgg, mixed, 'features')).toEqual({ features: { learningRate: 3e-5 } })
  })

  it('spreads rates over parts that learn in part as well', () => {
    const parts = partsOf(vgg)
    const whole = edit.setRateOfAll(vgg, {}, parts.at(-1)!.id, 1e-3)
    const inside = parts[0]!.children[0]!.id
    const mixed = edit.setRate(vgg, whole, inside, 1e-3)
    expect(edit.freezeStates(vgg, mixed).get(parts[0]!.id)?.state).toBe('mixed')
    const spread = edit.spreadRates(vgg, mixed, parts, { low: 1e-4, high: 1e-2 })
    expect(edit.freezeStates(vgg, spread).get(parts[0]!.id)).toEqual({ state: 'learns', fastest: 1e-4 })
  })

  it('counts changes by node', () => {
    const plan = edit.freezeUpTo(vgg, recipe, 'features.10-16')
    expect(edit.countChanges(vgg, recipe, recipe)).toBe(0)
    expect(edit.countChanges(vgg, recipe, plan)).toBe(3)
    expect(edit.countChanges(vgg, quick, { [vgg.head]: { learningRate: 1e-3 } })).toBe(0)
  })
})

describe('patterns', () => {
  const ids = (pattern: string) => edit.matchNodes(vgg, pattern).map(({ id }) => id)

  it('find names with stars', () => {
    expect(ids('*.bias')).toHaveLength(16)
    expect(ids('features.*').every((id) => id.startsWith('features.'))).toBe(true)
  })
  it('find any of several', () => {
    expect(ids('classifier.6, classifier.3')).toEqual(
      expect.arrayContaining(['classifier.3', 'classifier.6', 'classifier.6.bias']),
    )
  })
  it('take every other sign as it is', () => {
    expect(ids('features(.*')).toEqual([])
    expect(ids('')).toEqual([])
  })
})

describe.each(presetNames)('the preset %s', (name) => {
  it.each([vgg, lite])('holds for $name and lets something learn', (network) => {
    const stages = presetStages(network, name)
    const learns = stages.map(({ plan }) => resolvePlan(network, plan).learns)
    expect(learns).toEqual([...learns].sort((a, b) => a - b))
    expect(learns[0]).toBeGreaterThan(0)
    expect(stages.map(({ epoch }) => epoch)).toEqual(stages.map((_, index) => index + 1))
  })
})

it('gives 8,194 of 134,268,738 parameters to VGG16’s head for two classes', () => {
  const { learns, total } = resolvePlan(vgg, quick)
  expect([learns, total]).toEqual([8194, 134_268_738])
})

it('puts rates on a scale from cold to warm', () => {
  expect(['frozen' as const, 1e-7, 10 * 1e-6, 1e-4, 2e-4, 1e-3, 0.01, 1].map(heatOf)).toEqual([
    'frozen',
    1,
    2,
    3,
    4,
    5,
    6,
    6,
  ])
})
