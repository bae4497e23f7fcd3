import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCompute } from '../../src/main/engine/backend/compute.ts'
import type { Kernels } from '../../src/main/engine/backend/kernels/kernels.ts'
import * as byOperations from '../../src/main/engine/backend/kernels/tokens.ts'
import { openBackend } from '../../src/main/engine/backend/open.ts'
import { tf } from '../../src/main/engine/backend/tf.ts'
import type { Tensor } from '../../src/main/engine/backend/tf.ts'
import { Model } from '../../src/main/engine/model/network.ts'
import { Weights } from '../../src/main/engine/model/weights.ts'
import { Learner } from '../../src/main/engine/training/learner.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { resolvePlan } from '../../src/shared/model/plan.ts'
import { networkOf } from '../../src/shared/model/registry.ts'
import { noNative } from '../support/eachBackend.ts'
import { fillByFormula, still } from '../support/filling.ts'
import { formula, toChannelsLast } from '../support/golden.ts'

const folder = path.join(import.meta.dirname, '..', 'fixtures', 'exactness')
const reference = JSON.parse(readFileSync(path.join(folder, 'reference.json'), 'utf8')) as Record<
  string,
  unknown
>

/** PyTorch's float32 is as far from float64, as a share of the largest value; ours may be three times as far. */
interface KernelCase {
  shape: [number, number, number, number]
  means: number[]
  /** Of numbers around their mean; 2 unless told. */
  bound?: number
  distances: Record<'y' | 'mean' | 'variance' | 'dx' | 'scale' | 'offset', number>
}

interface Normed {
  y: Float32Array
  mean: Float32Array
  variance: Float32Array
  dx: Float32Array
  scale: Float32Array
  offset: Float32Array
}

const eps = 1e-3

/** BatchNorm forward and back in float64: its sums, and largest distances of what a backend computed. */
function distancesOf(x: Float32Array, dy: Float32Array, w: Float32Array, b: Float32Array, ours: Normed) {
  const channels = w.length
  const rows = x.length / channels
  const channelSums = (of: (i: number, c: number) => number): Float64Array => {
    const sums = new Float64Array(channels)
    for (let i = 0, c = 0; i < x.length; i += 1, c = c + 1 === channels ? 0 : c + 1) sums[c]! += of(i, c)
    return sums
  }
  const mean = channelSums((i) => x[i]!).map((sum) => sum / rows)
  const biased = channelSums((i, c) => (x[i]! - mean[c]!) ** 2).map((sum) => sum / rows)
  const invStd = biased.map((it) => 1 / Math.sqrt(it + eps))
  const offset = channelSums((i) => dy[i]!)
  const scale = channelSums((i, c) => dy[i]! * (x[i]! - mean[c]!) * invStd[c]!)
  const distance = (mine: Float32Array, of: (i: number, c: number) => number): number => {
    let most = 0
    let largest = 0
    for (let i = 0, c = 0; i < mine.length; i += 1, c = c + 1 === channels ? 0 : c + 1) {
      const exact = of(i, c)
      most = Math.max(most, Math.abs(mine[i]! - exact))
      largest = Math.max(largest, Math.abs(exact))
    }
    return most / largest
  }
  const normal = (i: number, c: number) => (x[i]! - mean[c]!) * invStd[c]!
  return {
    y: distance(ours.y, (i, c) => normal(i, c) * w[c]! + b[c]!),
    mean: distance(ours.mean, (i) => mean[i]!),
    variance: distance(ours.variance, (i) => (biased[i]! * rows) / (rows - 1)),
    dx: distance(
      ours.dx,
      (i, c) => w[c]! * invStd[c]! * (dy[i]! - offset[c]! / rows - (normal(i, c) * scale[c]!) / rows),
    ),
    scale: distance(ours.scale, (i) => scale[i]!),
    offset: distance(ours.offset, (i) => offset[i]!),
  }
}

function normed(kernels: Kernels, shape: number[], [x, dy, w, b]: Float32Array[]): Normed {
  // `tidy` would walk through every number of what is returned.
  const read = (tensor: Tensor) => tensor.dataSync() as Float32Array
  const [input, gradient] = [tf.tensor(x!, shape), tf.tensor(dy!, shape)]
  const [scale, offset] = [tf.tensor1d(w!), tf.tensor1d(b!)]
  const found = kernels.batchNorm(input, scale, offset, eps)
  const forward = { y: read(found.y), mean: read(found.mean), variance: read(found.variance) }
  tf.dispose([found.y, found.mean, found.variance])
  const back = kernels.batchNormGradient(gradient, input, scale, found.saved, eps)
  const result = { ...forward, dx: read(back.x), scale: read(back.scale), offset: read(back.offset) }
  tf.dispose([input, gradient, scale, offset, ...found.saved, back.x, back.scale, back.offset])
  return result
}

interface TokenCase {
  shape: [number, number]
  mean: number
  distances: Record<'y' | 'dx' | 'scale' | 'offset', number>
}

const read = ({ scale, offset }: { scale: Tensor; offset: Tensor }) => ({
  scale: scale.dataSync(),
  offset: offset.dataSync(),
})

/** The largest difference from float64 as a share of the largest value. */
function distanceOf(ours: ArrayLike<number>, exact: Float64Array): number {
  const largest = exact.reduce((most, it) => Math.max(most, Math.abs(it)), 0)
  return exact.reduce((most, it, i) => Math.max(most, Math.abs(ours[i]! - it)), 0) / largest
}

/** Layer norm over each row forward and back, in float64. */
function exactLayerNorm(
  rows: number,
  channels: number,
  x: Float32Array,
  dy: Float32Array,
  w: Float32Array,
  b: Float32Array,
) {
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)]
  const [scale, offset] = [new Float64Array(channels), new Float64Array(channels)]
  const meanOf = (of: (c: number) => number) => {
    let sum = 0
    for (let c = 0; c < channels; c += 1) sum += of(c)
    return sum / channels
  }
  for (let row = 0; row < rows; row += 1) {
    const at = row * channels
    const mean = meanOf((c) => x[at + c]!)
    const invStd = 1 / Math.sqrt(meanOf((c) => (x[at + c]! - mean) ** 2) + 1e-6)
    const normal = (c: number) => (x[at + c]! - mean) * invStd
    const g = (c: number) => dy[at + c]! * w[c]!
    const [meanG, meanProduct] = [meanOf(g), meanOf((c) => g(c) * normal(c))]
    for (let c = 0; c < channels; c += 1) {
      y[at + c] = normal(c) * w[c]! + b[c]!
      dx[at + c] = (g(c) - meanG - normal(c) * meanProduct) * invStd
      scale[c]! += dy[at + c]! * normal(c)
      offset[c]! += dy[at + c]!
    }
  }
  return { y, dx, scale, offset }
}

describe.each(['tensorflow', 'wasm', 'cpu'] as const)(
  'Long sums of a network that learns, on %s',
  (backend) => {
    let kernels: Kernels
    beforeAll(async () => {
      if (backend === 'tensorflow' && noNative) return
      process.env['THAW_BACKEND'] = backend
      ;({ kernels } = await openCompute(2, 'exact'))
    })
    afterAll(async () => {
      delete process.env['THAW_BACKEND']
      await (await openBackend()).close()
    })

    it
      .skipIf(backend === 'tensorflow' && noNative)
      .each(['kernel, 256 photos', 'kernel, far from zero', 'kernel, close together far from zero'])(
      'of BatchNorm are at most three times as far from float64 as PyTorch’s float32: %s',
      (name) => {
        const { shape, means, bound = 2, distances } = reference[name] as KernelCase
        const channels = means.length
        const x = formula(shape, 1, bound)
        for (let i = 0; i < x.length; i += 1) x[i]! += means[i % channels]!
        const dy = formula(shape, 2, 1)
        for (let i = 0; i < dy.length; i += 1) dy[i]! += 0.25
        const w = formula([channels], 3, 0.5).map((it) => 1 + it)
        const b = formula([channels], 4, 0.5)
        const found = distancesOf(x, dy, w, b, normed(kernels, shape, [x, dy, w, b]))
        for (const [what, distance] of Object.entries(distances))
          expect(found[what as keyof typeof found], what).toBeLessThan(3 * distance)
      },
      120_000,
    )

    it.skipIf(backend === 'tensorflow' && noNative).each(['layer norm', 'layer norm, far from zero'])(
      'of tokens are at most three times as far from float64 as PyTorch’s float32: %s',
      (name) => {
        const { shape, mean, distances } = reference[name] as TokenCase
        const [rows, channels] = shape
        const x = formula(shape, 1, 1).map((it) => it + mean)
        const dy = formula(shape, 2, 1).map((it) => it + 0.25)
        const w = formula([channels], 3, 0.5).map((it) => 1 + it)
        const b = formula([channels], 4, 0.5)
        const exact = exactLayerNorm(rows, channels, x, dy, w, b)
        const found = tf.tidy(() => {
          const [input, scale] = [tf.tensor(x, shape), tf.tensor1d(w)]
          const y = kernels.layerNorm(input, scale, tf.tensor1d(b), 1e-6)
          const back = kernels.layerNormGradient(tf.tensor(dy, shape), input, scale, 1e-6)
          return { y: y.dataSync(), dx: back.x.dataSync(), ...read(back) }
        })
        for (const [what, distance] of Object.entries(distances))
          expect(
            distanceOf(found[what as keyof typeof found], exact[what as keyof typeof exact]),
            what,
          ).toBeLessThan(3 * distance)
      },
    )

    it.skipIf(backend === 'tensorflow' && noNative)(
      'averages a large map at most three times as far from float64 as PyTorch',
      () => {
        const { shape, distance } = reference['average'] as { shape: number[]; distance: number }
        const [photos, height, width, channels] = shape as [number, number, number, number]
        const x = formula(shape, 1, 1)
        const exact = new Float64Array(photos * channels)
        x.forEach((it, i) => {
          const photo = Math.floor(i / (height * width * channels))
          exact[photo * channels + (i % channels)]! += it / (height * width)
        })
        const ours = tf.tidy(() => kernels.averagePool(tf.tensor(x, shape), 1).dataSync())
        expect(distanceOf(ours, exact)).toBeLessThan(3 * distance)
      },
    )

    it.skipIf(backend === 'tensorflow' && noNative)(
      'of attention’s weights are 1 where one token takes all: then nothing is learnt about query and key',
      () => {
        const [tokens, features] = [64, 16]
        const qkv = formula([1, tokens, 3 * features], 1, 1).map((it) => 1000 * it)
        const dy = formula([1, tokens, features], 2, 1)
        // By the backend's own operations too, as where there is no kernel of ours.
        for (const how of [kernels, byOperations]) {
          const dx = tf.tidy(() => {
            const input = tf.tensor(qkv, [1, tokens, 3 * features])
            const { weights } = how.attention(input, 2)
            const gradient = how.attentionGradient(tf.tensor(dy, [1, tokens, features]), input, weights, 2)
            return gradient.dataSync<'float32'>()
          })
          const learnt = (from: number, to: number) =>
            dx.reduce((most, it, i) => {
              const feature = i % (3 * features)
              return feature >= from && feature < to ? Math.max(most, Math.abs(it)) : most
            }, 0)
          expect(learnt(2 * features, 3 * features)).toBeGreaterThan(1)
          expect(learnt(0, 2 * features)).toBeLessThan(1e-3 * learnt(2 * features, 3 * features))
        }
      },
    )

    it.skipIf(backend === 'tensorflow' && noNative)(
      'adds up the gradient of a factor over a large map at most three times as far from float64 as PyTorch',
      () => {
        const { shape, distance } = reference['scale gradient'] as { shape: number[]; distance: number }
        const [photos, height, width, channels] = shape as [number, number, number, number]
        const [dy, x] = [1, 2].map((salt) => formula(shape, salt, 1).map((it) => it + 0.25)) as [
          Float32Array,
          Float32Array,
        ]
        const ours = tf.tidy(() =>
          kernels.scaleGradient(tf.tensor(dy, shape), tf.tensor(x, shape)).dataSync(),
        )
        const exact = new Float64Array(photos * channels)
        const perPhoto = height * width * channels
        for (let i = 0; i < x.length; i += 1)
          exact[Math.floor(i / perPhoto) * channels + (i % channels)]! += dy[i]! * x[i]!
        const largest = exact.reduce((most, it) => Math.max(most, Math.abs(it)), 0)
        const found = exact.reduce((most, it, i) => Math.max(most, Math.abs(ours[i]! - it)), 0)
        expect(found / largest).toBeLessThan(3 * distance)
      },
      120_000,
    )
  },
)

interface NetworkCase {
  photos: number
  side: number
  steps: number
  arguments: { lr: number; momentum: number }
  statistics: Record<string, { largest: number; distance: number; first: number[] }>
}

/**
 * Some logits of each photo in float64, [batches, photos, logits], of a network that learns but has not yet; and how far PyTorch's
 * float32 is from them, a root of the mean square as a share of the largest.
 */
interface FirstLogits {
  photos: number
  side: number
  logits: number[][][]
  distance: number
}

/** A network with the formula's weights, all of whose layers learn at `learningRate`. @param momentum of SGD */
function learning(name: string, kernels: Kernels, learningRate: number, momentum: number) {
  const network = still(networkOf(name))
  const weights = new Weights(network)
  fillByFormula(weights, { salt: 0, gain: 1, weights: '' })
  const nodes = network.layers.filter((layer) => layer.name !== '').map((layer) => layer.name)
  const plan = resolvePlan(network, Object.fromEntries(nodes.map((node) => [node, { learningRate }])))
  const model = new Model(network, weights, kernels)
  const learner = new Learner(model, RunConfig.parse({ momentum }), [])
  return { weights, model, learner, plan, cut: model.cutOf(plan) }
}

describe.skipIf(noNative)('a network that learns with its BatchNorm, on tensorflow', () => {
  let kernels: Kernels
  beforeAll(async () => {
    ;({ kernels } = await openCompute(2, 'exact'))
    expect(kernels.backend).toBe('tensorflow')
  })

  const batchOf = ({ photos, side }: { photos: number; side: number }, number: number): Tensor => {
    const shape = [photos, 3, side, side]
    return tf.tensor(toChannelsLast(formula(shape, 5000 + number, 2), shape), [photos, side, side, 3])
  }

  it.each(['efficientnet-lite0', 'vgg16-bn'])(
    'has logits at most three times as far from float64 as PyTorch’s float32: %s',
    (name) => {
      const { logits, distance, ...shape } = reference[`${name}, first logits`] as FirstLogits
      const { model, plan, cut, weights, learner } = learning(name, kernels, 1e-4, 0)
      const kept = logits[0]![0]!.length
      const apart = logits.flatMap((exact, number) => {
        const x = batchOf(shape, number)
        let ours = new Float32Array()
        const lossGradient = (it: Float32Array) => {
          ours = it.slice()
          return it.map(() => 0)
        }
        const gradients = new Map<string, Tensor>()
        model.learn(x, { plan, cut, seed: 1, gradients, lossGradient })
        tf.dispose([x, ...gradients.values()])
        const classes = ours.length / shape.photos
        return exact.flatMap((photo, i) => photo.map((it, k) => ours[i * classes + k]! - it))
      })
      expect(apart).toHaveLength(logits.length * shape.photos * kept)
      const largest = Math.max(...logits.flat(2).map(Math.abs))
      const root = Math.sqrt(apart.reduce((sum, it) => sum + it ** 2, 0) / apart.length)
      expect(root / largest).toBeLessThan(3 * distance)
      learner.dispose()
      weights.dispose()
    },
    300_000,
  )

  it.each(['efficientnet-lite0', 'vgg16-bn'])(
    '%s is at most three times as far from float64 as PyTorch’s float32',
    (name) => {
      const { steps, statistics, ...rest } = reference[name] as NetworkCase
      const own = learning(name, kernels, rest.arguments.lr, rest.arguments.momentum)
      const at = { stepsPerEpoch: steps, totalSteps: steps, warmup: 0, cuts: 0 }
      for (let step = 0; step < steps; step += 1) {
        const x = batchOf(rest, step)
        const targets = Array.from({ length: rest.photos }, (_, i) => (i * 7 + step) % 1000)
        own.learner.step(x, targets, own, { ...at, step })
        x.dispose()
      }
      const found = Object.entries(statistics).map(([tensor, { largest, distance, first }]) => {
        const ours = own.weights.take(tensor)
        const apart = Math.max(...first.map((exact, i) => Math.abs(ours[i]! - exact))) / largest
        return { own: apart, distance, ratio: apart / distance }
      })
      const largest = (what: 'own' | 'distance') => Math.max(...found.map((it) => it[what]))
      expect(largest('own')).toBeLessThan(3 * largest('distance'))
      expect(found.reduce((sum, { ratio }) => sum + ratio, 0) / found.length).toBeLessThan(3)
      own.learner.dispose()
      own.weights.dispose()
    },
    300_000,
  )
})
