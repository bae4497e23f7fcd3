import { describe, expect, it } from 'vitest'
import { parsePlan, resolveNodes, resolvePlan } from '../../../src/shared/model/plan.ts'
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

const bn = networkOf('tiny-bn')
const failed = (act: () => unknown): unknown => {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}

describe('a plan worked out', () => {
  it('inherits downwards until a node has a rule of its own, and tells where a rate was set', () => {
    const nodes = resolveNodes(
      vgg,
      parsePlan({ '': 1e-3, classifier: { statistics: 'keep' }, 'classifier.6': 'frozen' }),
    )
    const told = (id: string) => {
      const { learningRate, statistics, from } = nodes.get(id)!
      return [learningRate, statistics, from]
    }
    expect(told('')).toEqual([1e-3, 'update', ''])
    expect(told('features.0.weight')).toEqual([1e-3, 'update', ''])
    // A rule about statistics alone sets no rate.
    expect(told('classifier')).toEqual([1e-3, 'keep', ''])
    expect(told('classifier.6.bias')).toEqual(['frozen', 'keep', 'classifier.6'])
    expect([...nodes.keys()][0]).toBe('')
  })

  it('freezes everything without a rule, and then nothing learns', () => {
    for (const { learningRate, from } of resolveNodes(vgg, {}).values())
      expect([learningRate, from]).toEqual(['frozen', ''])
    expect(failed(() => resolvePlan(vgg, {}))).toMatchObject({
      code: 'plan.nothing-learns',
      parameters: { head: vgg.head },
    })
  })

  it('joins nodes of one rate into one group, with their parameters in the network’s order', () => {
    const { groups, learns, total, learningRates } = resolvePlan(
      vgg,
      parsePlan({ 'classifier.0': 5e-4, 'classifier.3': 5e-4, 'classifier.6': 1e-3 }),
    )
    expect(groups.map(({ name, nodes, parameters }) => ({ name, nodes, parameters }))).toEqual([
      {
        name: 'classifier.0 + classifier.3',
        nodes: ['classifier.0', 'classifier.3'],
        parameters: ['classifier.0.weight', 'classifier.0.bias', 'classifier.3.weight', 'classifier.3.bias'],
      },
      {
        name: 'classifier.6',
        nodes: ['classifier.6'],
        parameters: ['classifier.6.weight', 'classifier.6.bias'],
      },
    ])
    const sizes = (names: readonly string[]) =>
      names.map((name) => resolveNodes(vgg, {}).get(name)!.node.parameters).reduce((a, b) => a + b, 0)
    for (const { parameters, count } of groups) expect(count).toBe(sizes(parameters))
    expect(learns).toBe(groups[0]!.count + groups[1]!.count)
    expect(total).toBe(resolveNodes(vgg, {}).get('')!.node.parameters)
    expect(learningRates.size).toBe(6)
  })

  it('calls a group of the whole network by the network’s name', () => {
    expect(resolvePlan(vgg, parsePlan({ '': 1e-3 })).groups.map(({ name, nodes }) => [name, nodes])).toEqual([
      ['tiny-vgg', ['']],
    ])
  })

  it('updates running statistics where scale or shift learn, unless they are kept', () => {
    const norms = [...resolveNodes(bn, {}).values()]
      .filter(({ node }) => node.kind === 'batchnorm')
      .map(({ node }) => node.id)
    expect(norms.length).toBeGreaterThan(1)
    expect([...resolvePlan(bn, parsePlan({ '': 1e-3 })).updating]).toEqual(norms)
    expect([
      ...resolvePlan(bn, parsePlan({ '': { learningRate: 1e-3, statistics: 'keep' } })).updating,
    ]).toEqual([])
    const [first, ...others] = norms
    expect([...resolvePlan(bn, parsePlan({ '': 1e-3, [first!]: 'frozen' })).updating]).toEqual(others)
    // Half of it is enough; and what learns beside a frozen one changes nothing.
    expect([...resolvePlan(bn, parsePlan({ [`${first}.bias`]: 1e-3 })).updating]).toEqual([first])
    expect([...resolvePlan(bn, parsePlan({ [bn.head]: 1e-3 })).updating]).toEqual([])
  })
})

describe('a node that is not there', () => {
  it('is named, with up to three that begin alike, the nearest in length first', () => {
    expect(failed(() => resolvePlan(vgg, parsePlan({ 'classifier.66': 1e-3, feature: 1e-3 })))).toMatchObject(
      {
        code: 'plan.unknown-node',
        parameters: {
          network: 'tiny-vgg',
          nodes: '“classifier.66”, “feature”',
          suggestions: 'classifier.6, classifier.6.bias, classifier.6.weight',
        },
      },
    )
  })
})

describe('a plan that cannot be read', () => {
  it('is told with the place of what is wrong', () => {
    expect(failed(() => parsePlan({ features: { learningRate: 0 } }))).toMatchObject({
      code: 'plan.invalid',
      message: expect.stringMatching(/: features\.learningRate: ./) as string,
    })
    expect(failed(() => parsePlan(7))).toMatchObject({
      code: 'plan.invalid',
      message: expect.stringMatching(/: \{\}: another kind of value is expected \(record\)/) as string,
    })
    for (const rate of [0, -1, 101, NaN, 'fast'])
      expect(failed(() => parsePlan({ features: rate }))).toBeDefined()
    expect(parsePlan({ features: 100, classifier: {} })).toEqual({
      features: { learningRate: 100 },
      classifier: {},
    })
  })
})
