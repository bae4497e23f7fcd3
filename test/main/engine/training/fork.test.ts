import { expect, test } from 'vitest'
import { planFrom } from '../../../../src/main/engine/training/fork.ts'
import { RunConfig } from '../../../../src/shared/config.ts'

test('A plan that begins after an epoch leaves those until there, and takes the place of those that were to come', () => {
  const config = RunConfig.parse({
    plan: 'head-only',
    epochs: 9,
    thaw: [
      { epoch: 2, plan: 'recipe' },
      { epoch: 4, plan: 'recipe' },
      { epoch: 6, plan: 'everything' },
    ],
  })
  const changed = planFrom(config, 3, 'everything')
  expect(changed.thaw).toEqual([
    { epoch: 2, plan: 'recipe' },
    { epoch: 4, plan: 'everything' },
  ])
  expect({ ...changed, thaw: config.thaw }).toEqual(config)
})
