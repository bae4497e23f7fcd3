import { beforeAll, expect, it } from 'vitest'
import { openCompute } from '../../../src/main/engine/backend/compute.ts'
import type { BackendName } from '../../../src/main/engine/backend/types.ts'
import type { Kernels } from '../../../src/main/engine/backend/kernels/kernels.ts'
import { tf } from '../../../src/main/engine/backend/tf.ts'
import { Model } from '../../../src/main/engine/model/network.ts'
import { Weights } from '../../../src/main/engine/model/weights.ts'
import { Learner } from '../../../src/main/engine/training/learner.ts'
import { learningRateAt } from '../../../src/shared/schedule.ts'
import { RunConfig } from '../../../src/shared/config.ts'
import type { RunSettings } from '../../../src/shared/config.ts'
import type { Plan } from '../../../src/shared/model/plan.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'
import {
  describeGolden,
  formula,
  readGolden,
  relativeDifference,
  toChannelsLast,
} from '../../support/golden.ts'

interface Case {
  losses: number[]
  rates: number[][]
  grad_norms?: number[]
  after: Record<string, number[]>
  average?: Record<string, number[]>
}

interface Setting {
  config?: RunSettings
  plan?: Plan
  loose?: boolean
}

/** How each of PyTorch's cases is said in our settings. Group rates come from the file where the schedule does not make them. */
const settings: Record<string, Setting> = {
  sgd: { config: { momentum: 0 } },
  'sgd-momentum': {},
  'sgd-nesterov-decay': { config: { nesterov: true, weightDecay: 1e-2 } },
  adam: { config: { optimizer: 'adam' }, loose: true },
  adamw: { config: { optimizer: 'adamw', weightDecay: 0.05 }, loose: true },
  rmsprop: { config: { optimizer: 'rmsprop', alpha: 0.99 }, loose: true },
  'batchnorm-training': {},
  'batchnorm-frozen-statistics': { plan: { '': { statistics: 'keep' } } },
  'features-frozen': { plan: { features: { learningRate: 'frozen' } } },
  'label-smoothing': { config: { labelSmoothing: 0.1 } },
  'class-weights': { config: { classWeights: [0.5, 1, 2] } },
  clipped: { config: { clip: 0.05 } },
  'warmup-cosine': { config: { schedule: { kind: 'cosine' }, warmup: 2 } },
  'smoothing-and-weights': { config: { labelSmoothing: 0.1, classWeights: [0.5, 1, 2] } },
  'one-cycle': { config: { schedule: { kind: 'one-cycle' } } },
  accumulated: { config: { accumulate: 2 }, plan: { '': { statistics: 'keep' } } },
  'moving-average': { config: { movingAverage: 0.9 } },
}

/** The rate a case's groups were made with: the largest of the run. */
const baseRate = ({ rates }: Case): number => Math.max(...rates.flat())

/** Every optimizer, loss and schedule setting, six steps each, on the backend that is opened. */
export function settingsAgainstPyTorch(backend: BackendName): void {
  describeGolden(`settings against PyTorch on ${backend}`, () => {
    const golden = readGolden<{ salt: number; cases: Record<string, Case> }>('training-options.json')
    let kernels: Kernels
    beforeAll(async () => {
      process.env['THAW_BACKEND'] = backend
      ;({ kernels } = await openCompute(null, 'exact'))
    })

    it.each(Object.keys(golden.cases))('%s trains as in PyTorch', (name) => {
      const theirs = golden.cases[name]!
      const { config: given = {}, plan: rules = {}, loose = false } = settings[name]!
      const config = RunConfig.parse(given)
      // OneCycleLR's highest rate lies between two steps of so short a run.
      const base = name === 'one-cycle' ? 0.1 : baseRate(theirs)
      const network = networkOf('tiny-bn')
      const weights = new Weights(network)
      weights.specs.forEach(({ name: tensor, shape, dtype }, i) => {
        if (dtype === 'int64') return
        const fanIn = shape.slice(1).reduce((a, b) => a * b, 1)
        const values = formula(shape, i + golden.salt, shape.length > 1 ? Math.sqrt(6 / fanIn) : 0.1)
        if (shape.length === 1 && /(running_var|weight)$/.test(tensor))
          values.forEach((it, k) => (values[k] = 1 + it))
        weights.put(tensor, values)
      })
      const plan = resolvePlan(network, { ...rules, '': { learningRate: base, ...rules[''] } })
      const model = new Model(network, weights, kernels)
      const cut = model.cutOf(plan)
      // What the training loop itself takes a step with.
      const learner = new Learner(model, config, [])
      const floats = weights.specs.filter((spec) => spec.dtype === 'float32').map((spec) => spec.name)
      learner.average?.watch(floats)
      const steps = theirs.losses.length

      theirs.losses.forEach((expected, step) => {
        const place = { step, stepsPerEpoch: steps, totalSteps: steps, warmup: config.warmup, cuts: 0 }
        const rate = learningRateAt(config.schedule, base, place)
        expect(rate).toBeCloseTo(theirs.rates[step]![0]!, 9)
        const shape = [6, 3, 16, 16]
        const raw = tf.tensor(
          toChannelsLast(formula(shape, 2000 + step + golden.salt, 1), shape),
          [6, 16, 16, 3],
          'float32',
        )
        const x = model.infer(raw, { to: cut.learning })
        const targets = [0, 1, 2, 0, 1, 2]
        const { loss, norm } = learner.step(x, targets, { plan, cut }, place)
        if (norm !== null) expect(Math.abs(norm / theirs.grad_norms![step]! - 1)).toBeLessThan(1e-5)
        tf.dispose([raw, x])
        expect(Math.abs(loss / expected - 1), `loss of step ${step}`).toBeLessThanOrEqual(1e-5)
      })

      const tolerance = loose ? 1e-4 : 1e-5
      for (const [tensor, values] of Object.entries(theirs.after))
        if (Math.max(...values.map(Math.abs)) > 0)
          expect(relativeDifference(weights.take(tensor), values), tensor).toBeLessThanOrEqual(tolerance)
      const averages = learner.average?.save().values
      for (const [tensor, values] of Object.entries(theirs.average ?? {}))
        if (averages?.has(tensor))
          expect(relativeDifference(averages.get(tensor)!, values), tensor).toBeLessThanOrEqual(tolerance)
      learner.dispose()
      weights.dispose()
    })
  })
}
