import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { Kernels } from '../../src/main/engine/backend/kernels/kernels.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import { Model } from '../../src/main/engine/model/network.ts'
import { Weights } from '../../src/main/engine/model/weights.ts'
import { Learner } from '../../src/main/engine/training/learner.ts'
import { RunConfig } from '../../src/shared/config.ts'
import {
  activate,
  averagePool,
  batchNorm,
  conv,
  linear,
  residual,
  sequence,
} from '../../src/shared/model/layersOf.ts'
import { resolvePlan } from '../../src/shared/model/plan.ts'
import type { LayerNorm, Network } from '../../src/shared/model/spec.ts'
import { describeEachBackend } from '../support/eachBackend.ts'
import { fillByFormula } from '../support/filling.ts'
import { formula, toChannelsLast } from '../support/golden.ts'

interface Reference {
  names: string[]
  targets: number[]
  /** Loss, and the gradients' norm before clipping, step by step. */
  steps: [number, number][]
  /** How far the losses are with float32, as a share. */
  float32: number[]
  /** After the first step and after the last one. */
  states: Record<string, { values: number[]; float32: number }>[]
}

const reference = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '..', 'fixtures', 'mixed', 'reference.json'), 'utf8'),
) as Reference

const norm = (name: string): LayerNorm => ({ kind: 'layernorm', name, features: 12, eps: 1e-6 })

/** The same as the fixture's script builds. */
const network: Network = {
  name: 'mixed',
  title: 'Mixed',
  size: 8,
  classes: 3,
  head: 'head',
  body: '',
  middle: [],
  parts: ['stem', 'block', 'patch', 'attend', 'head'],
  layers: [
    sequence('stem', [conv('conv', 3, 8, 3), batchNorm('bn', 8), activate('', 'silu')]),
    sequence('block', [
      residual('', [
        conv('conv', 8, 8, 3),
        batchNorm('bn', 8),
        activate('', 'relu'),
        {
          kind: 'paths',
          name: '',
          join: 'scale',
          drop: 0,
          paths: [
            [],
            [
              averagePool(''),
              conv('fc1', 8, 4, 1, { bias: true }),
              activate('', 'silu'),
              conv('fc2', 4, 8, 1, { bias: true }),
              activate('', 'sigmoid'),
            ],
          ],
        },
      ]),
    ]),
    sequence('patch', [conv('conv', 8, 12, 4, { stride: 4, padding: 0, bias: true })]),
    { kind: 'tokens', name: '' },
    { kind: 'classtoken', name: 'cls_token', features: 12 },
    { kind: 'position', name: 'pos_embed', side: 2, features: 12 },
    sequence('attend', [
      residual('', [
        norm('norm'),
        sequence('self_attention', [
          { ...linear('in_proj', 12, 36), separator: '_' },
          { kind: 'attention', name: '', features: 12, heads: 3 },
          linear('out_proj', 12, 12),
        ]),
      ]),
    ]),
    norm('norm'),
    { kind: 'takeclass', name: '' },
    linear('head', 12, 3),
  ],
}

const rates = {
  ...{ block: 0.003, patch: 0.006, cls_token: 0.01, pos_embed: 0.01, attend: 0.01, norm: 0.02, head: 0.03 },
}
const [batch, perEpoch, epochs] = [7, 3, 3]
const shape = [18, 3, 8, 8]
const photos = toChannelsLast(formula(shape, 1000, 2), shape)

function learning(kernels: Kernels) {
  const weights = new Weights(network)
  fillByFormula(
    weights,
    { salt: 0, gain: 1, weights: '' },
    reference.names.map((name) => weights.spec(name)),
  )
  const config = RunConfig.parse({
    ...{ batch, epochs, accumulate: 3, optimizer: 'adam', betas: [0.9, 0.99], weightDecay: 0.02, clip: 0.5 },
    ...{ schedule: { kind: 'cosine', floor: 1e-4 }, warmup: 2 },
    ...{ labelSmoothing: 0.1, classWeights: [0.5, 1, 2.5], decayAll: true },
  })
  const model = new Model(network, weights, kernels)
  const plan = resolvePlan(
    network,
    Object.fromEntries(Object.entries(rates).map(([node, learningRate]) => [node, { learningRate }])),
  )
  const cut = model.cutOf(plan)
  const learner = new Learner(model, config, [])
  const step = (number: number) => {
    const from = (number % perEpoch) * batch
    const count = Math.min(batch, shape[0]! - from)
    const own = tf.tensor(photos.slice(192 * from, 192 * (from + count)), [count, 8, 8, 3], 'float32')
    const x = model.infer(own, { to: cut.learning })
    own.dispose()
    const at = { step: number, stepsPerEpoch: perEpoch, totalSteps: perEpoch * epochs, warmup: 2, cuts: 0 }
    try {
      return learner.step(x, reference.targets.slice(from, from + count), { plan, cut }, at)
    } finally {
      x.dispose()
    }
  }
  return { learner, weights, step }
}

/** Of what is compared; of attention's keys the bias changes nothing, so that its gradient is rounding alone. */
const compared = (name: string, values: ArrayLike<number>): number[] =>
  Array.from(values).filter((_, i) => !name.endsWith('in_proj_bias') || i < 12 || i >= 24)

describeEachBackend(
  (name) => `A network of every kind, on ${name}`,
  (kernels, isMissing) => {
    it.skipIf(isMissing)(
      'learns step by step as in PyTorch with all settings at once: within 1e-5, or three times float32’s distance',
      () => {
        const { learner, weights, step } = learning(kernels())
        const tells = (at: number) => {
          for (const [tensor, { values, float32 }] of Object.entries(reference.states[at]!)) {
            const [mine, exact] = [compared(tensor, weights.take(tensor)), compared(tensor, values)]
            const largest = Math.max(...exact.map(Math.abs))
            const away = Math.max(...exact.map((value, i) => Math.abs(value - mine[i]!))) / largest
            expect(away, `${tensor} after ${at === 0 ? 'the first' : 'the last'} step`).toBeLessThan(
              Math.max(1e-5, 3 * float32),
            )
          }
        }
        for (const [number, [loss, wanted]] of reference.steps.entries()) {
          const told = step(number)
          const most = Math.max(1e-5, 3 * reference.float32[number]!)
          expect(Math.abs(told.loss / loss - 1), `loss of step ${number}`).toBeLessThan(most)
          expect(Math.abs(told.norm! / wanted - 1), `norm of step ${number}`).toBeLessThan(1e-5)
          if (number === 0) tells(0)
        }
        tells(1)
        learner.dispose()
        weights.dispose()
      },
    )
  },
)
