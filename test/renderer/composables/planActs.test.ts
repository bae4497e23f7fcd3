import { expect, it } from 'vitest'
import { planActs } from '../../../src/renderer/composables/planActs.ts'
import { withClasses } from '../../../src/shared/model/layers.ts'
import type { Plan } from '../../../src/shared/model/plan.ts'
import { resolveNodes } from '../../../src/shared/model/plan.ts'
import { partsOf } from '../../../src/shared/model/planTree.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'

const network = withClasses(networkOf('resnet18'), 2)
const [first, last] = [partsOf(network)[0]!.id, partsOf(network).at(-1)!.id]

/** The rates of the first and the last part after an act. */
function ratesAfter(plan: Plan, act: (acts: ReturnType<typeof planActs>) => void): unknown[] {
  let held = plan
  act(
    planActs(
      (change) => (held = change(network, held)),
      () => last,
    ),
  )
  const nodes = resolveNodes(network, held)
  return [first, last].map((id) => nodes.get(id)!.learningRate)
}

it('Rates are spread from a hundredth in the first part to that of the fastest; what is frozen stays so', () => {
  const spread = (plan: Plan) => ratesAfter(plan, ({ inspector }) => inspector.spread())
  expect(spread({ '': { learningRate: 1e-2 } })).toEqual([1e-4, 1e-2])
  expect(spread({ '': { learningRate: 1e-4 }, [last]: { learningRate: 1e-1 } })).toEqual([1e-3, 1e-1])
  expect(spread({ '': { learningRate: 'frozen' } })).toEqual(['frozen', 'frozen'])
})

it('The inspector changes the selected node, the tree the one that it names', () => {
  const plan: Plan = { '': { learningRate: 1e-2 } }
  expect(ratesAfter(plan, ({ inspector }) => inspector.rate(0.5))).toEqual([1e-2, 0.5])
  expect(ratesAfter(plan, ({ inspector }) => inspector.scale(10))).toEqual([1e-2, 1e-1])
  expect(ratesAfter(plan, ({ setRate }) => setRate(first, 0.5))).toEqual([0.5, 1e-2])
  expect(ratesAfter(plan, ({ toggle }) => toggle(first))).toEqual(['frozen', 1e-2])
  const own: Plan = { ...plan, [last]: { learningRate: 0.5 } }
  expect(ratesAfter(own, ({ inspector }) => inspector.inherit())).toEqual([1e-2, 1e-2])
  expect(ratesAfter(plan, ({ inspector }) => inspector.freezeUpTo())).toEqual(['frozen', 'frozen'])
})
