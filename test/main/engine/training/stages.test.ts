import { expect, it } from 'vitest'
import { planFor } from '../../../../src/shared/planFor.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { namedPlan, networkOf } from '../../../../src/shared/model/registry.ts'

it('In each epoch the plan holds that began last, in whatever order they were written down', () => {
  const network = networkOf('tiny-vgg')
  const [first, second, third] = [0.1, 0.02, 0.01].map((rate) => ({ 'classifier.6': rate }))
  const config = RunConfig.parse({
    plan: first,
    thaw: [
      { epoch: 5, plan: third },
      { epoch: 3, plan: second },
      { epoch: 9, plan: 'recipe' },
    ],
  })
  const { plan, thaw } = config
  const held = [0, 2, 3, 4, 5, 8, 9].map((epoch) => planFor(config, network, epoch))
  expect(held).toEqual([
    ...[plan, plan, thaw[1]!.plan, thaw[1]!.plan, thaw[0]!.plan, thaw[0]!.plan],
    namedPlan(network, 'recipe'),
  ])
  expect(new Set(held.map((it) => JSON.stringify(it))).size).toBe(4)
})
