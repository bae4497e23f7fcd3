import { beforeAll, describe, expect, it } from 'vitest'
import { portableKernels } from '../../../../src/main/engine/backend/kernels/portable.ts'
import { openBackend } from '../../../../src/main/engine/backend/open.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import { Model } from '../../../../src/main/engine/model/network.ts'
import { stepOf } from '../../../../src/main/engine/model/steps/index.ts'
import type { Pass } from '../../../../src/main/engine/model/steps/step.ts'
import { Weights } from '../../../../src/main/engine/model/weights.ts'
import { compileNetwork } from '../../../../src/shared/model/compiled.ts'
import { conv, flatten, linear, residual, sequence } from '../../../../src/shared/model/layersOf.ts'
import { resolvePlan } from '../../../../src/shared/model/plan.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'
import type { Network } from '../../../../src/shared/model/spec.ts'
import { fillByFormula } from '../../../support/filling.ts'

/** Three blocks of which each photo goes without one now and then, and a head. */
const network: Network = {
  name: 'drops',
  title: 'Drops',
  size: 4,
  classes: 2,
  head: 'head',
  body: '',
  middle: [],
  parts: ['0', '1', '2', 'head'],
  layers: [
    ...['0', '1', '2'].map((name) => residual(name, [sequence('', [conv('conv', 3, 3, 3)])], [], 0.5)),
    flatten,
    linear('head', 48, 2),
  ],
}

const photos = 64
const side = 4
const pixels = Float32Array.from({ length: photos * side * side * 3 }, (_, i) => Math.sin(i))

beforeAll(async () => {
  await openBackend({ prefer: 'cpu' })
})

function filled(): Weights {
  const weights = new Weights(network)
  fillByFormula(weights, { salt: 0, gain: 1, weights: '' })
  return weights
}

describe('Stochastic depth', () => {
  const kernels = portableKernels('cpu')
  const weights = filled()
  const block = stepOf(compileNetwork(network)[0]!)
  /** A block's output, photo by photo. */
  const through = (how: Partial<Pass>): number[][] =>
    tf.tidy(() => {
      const pass: Pass = {
        weights,
        kernels,
        training: true,
        learns: () => true,
        updates: () => false,
        draws: [{ rows: photos, seed: 7 }],
        gradients: new Map(),
        statistics: [],
        ...how,
      }
      const { y } = block.run(tf.tensor(pixels, [photos, side, side, 3]), pass, false)
      return y.reshape([photos, -1]).arraySync() as number[][]
    })
  const inputs = Array.from({ length: photos }, (_, i) => [...pixels.subarray(i * 48, (i + 1) * 48)])

  it('lets a photo go without the block, or counts the block twice as much at a chance of a half', () => {
    const whole = through({ training: false })
    const drawn = through({})
    let without = 0
    drawn.forEach((row, n) => {
      const factor = row.every((it, i) => it === inputs[n]![i]) ? 0 : 2
      if (factor === 0) without += 1
      row.forEach((it, i) => {
        const x = inputs[n]![i]!
        expect(it).toBeCloseTo(x + factor * (whole[n]![i]! - x), 4)
      })
    })
    expect(without).toBeGreaterThan(photos / 4)
    expect(without).toBeLessThan((photos * 3) / 4)
    expect(through({})).toEqual(drawn)
  })

  it('is off where nothing in the block learns', () => {
    expect(through({ learns: () => false })).toEqual(through({ training: false }))
  })

  it('does not end the kept prefix where it is frozen', () => {
    const model = new Model(network, weights, kernels)
    const cutOf = (...learning: string[]) =>
      model.cutOf(resolvePlan(network, Object.fromEntries(learning.map((it) => [it, { learningRate: 0.1 }]))))
    expect(cutOf('head').names).toEqual({ prefix: '2', learning: '2' })
    expect(cutOf('head')).toMatchObject({ prefix: 4, learning: 4 })
    expect(cutOf('2', 'head')).toMatchObject({ prefix: 2, learning: 2 })
  })
})

describe('Where networks are cut', () => {
  const modelOf = (name: string) => {
    const its = networkOf(name)
    return new Model(its, new Weights(its), portableKernels('cpu'))
  }

  it.each([
    ['vgg16', 'classifier.4'],
    ['resnet50', 'avgpool'],
    ['mobilenet-v3-large', 'classifier.1'],
    ['efficientnet-b0', 'avgpool'],
    ['convnext-tiny', 'classifier.1'],
    ['vit-b-16', 'encoder.ln'],
    ['dinov2-small', 'norm'],
  ])('%s has its features for a head behind %s', (name, layer) => {
    expect(modelOf(name).penultimate.name).toBe(layer)
  })

  it('names a cut inside a block otherwise than the one before the block', () => {
    const model = modelOf('vit-b-16')
    const cutOf = (node: string) => {
      const plan = { [`encoder.layers.encoder_layer_5${node}`]: { learningRate: 0.1 } }
      return model.cutOf(resolvePlan(model.network, plan)).names.prefix
    }
    expect(cutOf('')).toBe('encoder.layers.encoder_layer_4')
    expect(cutOf('.mlp')).toBe('encoder.layers.encoder_layer_5.self_attention.out_proj +')
  })
})
