import { expect, test } from 'vitest'
import { planDifferences, settingDifferences } from '../../../../src/main/engine/evaluation/differences.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import type { Plan } from '../../../../src/shared/model/plan.ts'
import type { RunRecord } from '../../../../src/shared/run.ts'

const aRecord = (of: Partial<RunConfig> = {}, photos: RunRecord['dataset']['photos'] = []) => {
  const config = RunConfig.parse({ backbone: 'efficientnet-lite0', ...of })
  return {
    ...{ network: config.backbone, classes: ['ants', 'bees'], config, preparation: { size: 224 } },
    ...{ weights: { file: '/w.pth', sha256: 'a' }, dataset: { folder: '/photos', photos } },
  } as unknown as RunRecord
}

test('Only what was set differently is told, a value a run, and nothing that changes no number', () => {
  const photo = { path: 'train/a.jpg', class: 0, split: 'train' } as RunRecord['dataset']['photos'][number]
  const records = [
    aRecord({ epochs: 3, threads: 1, keepEvery: 2 }),
    aRecord({ epochs: 5, threads: 2 }, [photo]),
  ]
  expect(settingDifferences(records)).toEqual({ epochs: [3, 5], train: [0, 1] })
  expect(settingDifferences([records[0]!, records[0]!])).toEqual({})
})

test('Plans are told apart at the highest nodes below which each run has one rate', () => {
  const custom = (plan: Plan) => aRecord({ plan })
  const base: Plan = { '': { learningRate: 'frozen' }, classifier: { learningRate: 1e-2 } }
  const block: Plan = { ...base, 'blocks.6': { learningRate: 1e-4 } }
  expect(planDifferences([custom(base), custom(base)])).toEqual({})
  expect(planDifferences([custom(base), custom(block)])).toEqual({ 'blocks.6': ['frozen', 1e-4] })
})

test('Networks that have no tree in common are told apart by the names of their plans', () => {
  const [lite, vgg] = [aRecord({ plan: 'recipe' }), aRecord({ backbone: 'vgg16', plan: 'everything' })]
  expect(planDifferences([lite, vgg])).toEqual({ '': ['recipe', 'everything'] })
  expect(planDifferences([lite, aRecord({ backbone: 'vgg16', plan: 'recipe' })])).toEqual({})
})
