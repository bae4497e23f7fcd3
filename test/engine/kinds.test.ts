import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openCompute } from '../../src/main/engine/backend/compute.ts'
import type { Kernels } from '../../src/main/engine/backend/kernels/kernels.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import type { Tensor } from '../../src/main/engine/backend/tf.ts'
import { stepOf } from '../../src/main/engine/model/steps/index.ts'
import { moveStatistics } from '../../src/main/engine/model/steps/batchnorm.ts'
import { runSteps } from '../../src/main/engine/model/steps/run.ts'
import type { Pass } from '../../src/main/engine/model/steps/step.ts'
import { Weights } from '../../src/main/engine/model/weights.ts'
import { resamplePositions } from '../../src/main/engine/weights/positions.ts'
import { compileNetwork } from '../../src/shared/model/compiled.ts'
import {
  activate,
  averagePool,
  batchNorm,
  conv,
  linear,
  residual,
  sequence,
} from '../../src/shared/model/layersOf.ts'
import type { Activation, Layer, LayerNorm, Network } from '../../src/shared/model/spec.ts'
import { describeEachBackend, noNative } from '../support/eachBackend.ts'
import { fillByFormula } from '../support/filling.ts'
import { formula, relativeDifference, toChannelsLast } from '../support/golden.ts'

interface Case {
  output: number[]
  values: number[]
  input: number[]
  names: string[]
  gradients: Record<string, number[]>
  buffers: Record<string, number[]>
}

const reference = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '..', 'fixtures', 'kinds', 'reference.json'), 'utf8'),
) as {
  cases: Record<string, Case>
  positions: { from: number; to: number; channels: number; values: number[] }
}

const norm = (name: string, features: number): LayerNorm => ({ kind: 'layernorm', name, features, eps: 1e-6 })

const excite = (act: Activation, inner: Activation, outer: Activation): Layer[] => [
  conv('conv', 3, 8, 3),
  batchNorm('bn', 8, 1e-3, 0.01),
  activate('act', act),
  conv('dw', 8, 8, 5, { stride: 2, depthwise: true }),
  batchNorm('bn2', 8, 1e-3, 0.01),
  activate('', act),
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
        activate('', inner),
        conv('fc2', 4, 8, 1, { bias: true }),
        activate('', outer),
      ],
    ],
  },
]

/** The same as the fixture's script builds. */
const cases: Record<string, Layer[]> = {
  projection: [
    { kind: 'maxpool', name: 'maxpool', kernel: 3, stride: 2, padding: 1 },
    residual(
      '',
      [
        conv('conv1', 3, 6, 3, { stride: 2 }),
        batchNorm('bn1', 6),
        activate('', 'relu'),
        conv('conv2', 6, 6, 3),
        batchNorm('bn2', 6),
      ],
      [sequence('downsample', [conv('0', 3, 6, 1, { stride: 2 }), batchNorm('1', 6)])],
    ),
    activate('', 'relu'),
  ],
  hardswish: excite('hardswish', 'relu', 'hardsigmoid'),
  silu: excite('silu', 'silu', 'sigmoid'),
  convnext: [
    conv('stem', 3, 8, 2, { stride: 2, padding: 0, bias: true }),
    residual('', [
      conv('dw', 8, 8, 7, { depthwise: true, bias: true }),
      norm('norm', 8),
      linear('fc1', 8, 32),
      activate('', 'gelu'),
      linear('fc2', 32, 8),
      { kind: 'layerscale', name: 'layer_scale', features: 8, tensor: null, shape: 'map' },
    ]),
  ],
  transformer: [
    conv('patch', 3, 12, 4, { stride: 4, padding: 0, bias: true }),
    { kind: 'tokens', name: '' },
    { kind: 'classtoken', name: 'cls_token', features: 12 },
    { kind: 'position', name: 'pos_embed', side: 2, features: 12 },
    residual('', [
      norm('norm1', 12),
      sequence('self_attention', [
        { ...linear('in_proj', 12, 36), separator: '_' },
        { kind: 'attention', name: '', features: 12, heads: 3 },
        linear('out_proj', 12, 12),
      ]),
    ]),
    residual('', [
      norm('norm2', 12),
      linear('fc1', 12, 24),
      activate('', 'gelu'),
      linear('fc2', 24, 12),
      { kind: 'layerscale', name: 'ls2', features: 12, tensor: 'gamma', shape: 'vector' },
    ]),
    norm('norm', 12),
    { kind: 'takeclass', name: '' },
  ],
}

const networkOf = (layers: Layer[]): Network => ({
  name: 'tiny',
  title: 'Tiny',
  size: 8,
  classes: 0,
  head: '',
  body: '',
  middle: [],
  parts: [],
  layers,
})

const channelsFirst = (x: Tensor): Float32Array =>
  tf.tidy(() => (x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x).dataSync()) as Float32Array

/** Photos, maps and tokens are computed in the kernels' type, rows in float32, as a model hands them on. */
const entering = (x: Tensor, kernels: Kernels): Tensor => (x.rank > 2 ? kernels.enter(x) : x.clone())

/** @param tolerance as a share of the largest value */
function kindsAgainstPyTorch(kernels: () => Kernels, skips: boolean, tolerance: number): void {
  it.skipIf(skips).each([true, false].flatMap((fuse) => Object.keys(cases).map((name) => ({ name, fuse }))))(
    '$name is PyTorch’s float64, forwards and back (layers taken together: $fuse)',
    ({ name, fuse }) => {
      const theirs = reference.cases[name]!
      const network = networkOf(cases[name]!)
      const weights = new Weights(network)
      expect(new Set(weights.specs.map((it) => it.name))).toEqual(new Set(theirs.names))
      // The script numbers them by its own order.
      const ordered = theirs.names.map((it) => weights.spec(it))
      fillByFormula(weights, { salt: 0, gain: 1, weights: 'Layer scale' }, ordered)
      const shape = [4, 3, 8, 8]
      const x = tf.tensor(toChannelsLast(formula(shape, 1000, 2), shape), [4, 8, 8, 3], 'float32')
      const pass: Pass = {
        weights,
        kernels: kernels(),
        training: true,
        learns: () => true,
        updates: () => true,
        draws: [],
        gradients: new Map(),
        statistics: [],
      }
      const entered = entering(x, kernels())
      const ran = runSteps(compileNetwork(network, fuse).map(stepOf), entered, pass, true)
      moveStatistics(pass)
      const y = kernels().leave(ran.y)
      expect(relativeDifference(channelsFirst(y), theirs.values)).toBeLessThan(tolerance)
      const dyValues = formula(theirs.output, 3000, 1)
      const dy =
        theirs.output.length === 4
          ? tf.tensor(toChannelsLast(dyValues, theirs.output), y.shape)
          : tf.tensor(dyValues, y.shape)
      const back = ran.back!(entering(dy, kernels()), true)!
      const dx = kernels().leave(back)
      expect(relativeDifference(channelsFirst(dx), theirs.input)).toBeLessThan(tolerance)
      for (const [tensor, values] of Object.entries(theirs.gradients)) {
        const mine = weights.toPyTorch(tensor, pass.gradients.get(tensor)!)
        // What is nothing but rounding (a bias before BatchNorm) has no digits to compare.
        if (Math.max(...values.map(Math.abs)) > 1e-9)
          expect(relativeDifference(mine, values), tensor).toBeLessThan(tolerance)
      }
      for (const [tensor, values] of Object.entries(theirs.buffers))
        expect(relativeDifference(weights.take(tensor), values), tensor).toBeLessThan(tolerance)
      tf.dispose([x, entered, ran.y, y, dy, back, dx, ...pass.gradients.values()])
      weights.dispose()
    },
  )
}

describeEachBackend(
  (name) => `Each kind of layer on ${name}`,
  (kernels, isMissing) => kindsAgainstPyTorch(kernels, isMissing, 1e-5),
)

/** bfloat16 rounds to 3.9e-3; a dozen roundings follow one another, and a number near zero falls on the other side of a ReLU. */
const withEightBits = 0.08

describe('Each kind of layer in fast precision', () => {
  let kernels: Kernels
  beforeAll(async () => {
    if (noNative) return
    vi.stubEnv('THAW_BACKEND', 'tensorflow')
    ;({ kernels } = await openCompute(2, 'fast'))
    expect(kernels.compute).toBe('bfloat16')
  })
  afterAll(() => vi.unstubAllEnvs())
  kindsAgainstPyTorch(() => kernels, noNative, withEightBits)

  it.each(['wasm', 'cpu'])('is refused by name on %s, which has no bfloat16', async (backend) => {
    vi.stubEnv('THAW_BACKEND', backend)
    await expect(openCompute(null, 'fast')).rejects.toMatchObject({
      ...{ code: 'config.invalid', parameters: { reason: 'fast-needs-tensorflow' } },
    })
  })
})

it('resamples 37 × 37 places to 16 × 16 as timm does', () => {
  const { from, to, channels, values } = reference.positions
  const embedding = formula([1, 1 + from * from, channels], 5, 1)
  const mine = resamplePositions(embedding, from, to, channels)
  expect(mine.length).toBe(values.length)
  mine.forEach((it, i) => expect(Math.abs(it - values[i]!)).toBeLessThan(1e-6))
})
