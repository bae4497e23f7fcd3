import { beforeAll, expect, it } from 'vitest'
import { openCompute } from '../../../src/main/engine/backend/compute.ts'
import type { BackendName } from '../../../src/main/engine/backend/types.ts'
import type { Kernels } from '../../../src/main/engine/backend/kernels/kernels.ts'
import { tf } from '../../../src/main/engine/backend/tf.ts'
import { Model } from '../../../src/main/engine/model/network.ts'
import { Weights } from '../../../src/main/engine/model/weights.ts'
import { crossEntropy } from '../../../src/main/engine/training/loss.ts'
import { Optimizer } from '../../../src/main/engine/training/optimizer.ts'
import { openWeights } from '../../../src/main/engine/weights/index.ts'
import { RunConfig } from '../../../src/shared/config.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'
import { fillByFormula } from '../../support/filling.ts'
import type { Filling } from '../../support/filling.ts'
import {
  describeGolden,
  formula,
  goldenFolder,
  readGolden,
  relativeDifference,
  toChannelsLast,
} from '../../support/golden.ts'
import path from 'node:path'

interface Zoo extends Filling {
  size: number
  state: Record<string, [dtype: string, ...shape: number[]]>
  outputs: Record<string, { norm: number; std: number; first: number[] }>
  logits_first: number[][]
}

interface Trace {
  salt: number
  start: string
  after: string
  rates: [string, number][]
  momentum: number
  losses: number[]
}

/** Networks that are compared stage by stage: name here, file there. */
export const everyNetwork = [
  ['vgg11', 'vgg11'],
  ['vgg13', 'vgg13'],
  ['vgg16', 'vgg16'],
  ['vgg19', 'vgg19'],
  ['vgg16-bn', 'vgg16_bn'],
  ['efficientnet-lite0', 'tf_efficientnet_lite0'],
  ['efficientnet-lite1', 'tf_efficientnet_lite1'],
  ['efficientnet-lite2', 'tf_efficientnet_lite2'],
  ['resnet18', 'resnet18'],
  ['resnet34', 'resnet34'],
  ['resnet50', 'resnet50'],
  ['mobilenet-v2', 'mobilenet_v2'],
  ['mobilenet-v3-large', 'mobilenet_v3_large'],
  ['efficientnet-b0', 'efficientnet_b0'],
  ['convnext-tiny', 'convnext_tiny'],
  ['vit-b-16', 'vit_b_16'],
  ['dinov2-small', 'vit_small_patch14_dinov2'],
] as const

type Rows = readonly (readonly number[])[]
const between = ([a, b]: Rows): number[] => a!.map((it, i) => it - b![i]!)

/** Forward passes of networks and the three training traces, on the backend that is opened. */
export function networksAgainstPyTorch(
  backend: BackendName,
  networks: readonly (readonly [name: string, file: string])[],
): void {
  describeGolden(`networks against PyTorch on ${backend}`, () => {
    let kernels: Kernels
    beforeAll(async () => {
      process.env['THAW_BACKEND'] = backend
      const compute = await openCompute(null, 'exact')
      expect(compute.environment.backend).toBe(backend)
      ;({ kernels } = compute)
    })

    it.each(networks)('%s gives PyTorch’s numbers at every stage', (name, file) => {
      const golden = readGolden<Zoo>('zoo', `${file}.json`)
      const { salt, size } = golden
      const network = networkOf(name)
      const weights = new Weights(network)
      expect(Object.fromEntries(weights.specs.map((it) => [it.name, [it.dtype, ...it.shape]]))).toEqual(
        golden.state,
      )
      expect(weights.specs.map((it) => it.name)).toEqual(Object.keys(golden.state))
      fillByFormula(weights, golden)
      const input = [2, 3, size, size]
      const x = tf.tensor(
        toChannelsLast(formula(input, 1000 + salt, 2), input),
        [2, size, size, 3],
        'float32',
      )
      const seen = new Set<string>()
      const model = new Model(network, weights, kernels, false)
      const logits = model.infer(x, {
        observe: (layer, output) => {
          const theirs = golden.outputs[layer]
          if (!theirs) return
          seen.add(layer)
          const mine = tf.tidy(() =>
            (output.shape.length === 4 ? tf.transpose(output, [0, 3, 1, 2]) : output).dataSync(),
          ) as Float32Array
          expect(Math.sqrt(mine.reduce((sum, it) => sum + it * it, 0)) / theirs.norm).toBeCloseTo(1, 5)
          const scale = mine.reduce((most, it) => Math.max(most, Math.abs(it)), 0)
          theirs.first.forEach((it, i) => expect(Math.abs(mine[i]! - it) / scale).toBeLessThan(1e-4))
        },
      })
      const classes = network.classes
      const rows = logits.dataSync()
      const first = golden.logits_first.flatMap((row, n) => row.map((_, i) => rows[n * classes + i]!))
      expect(relativeDifference(first, golden.logits_first.flat())).toBeLessThan(1e-4)
      // Two photos' answers may be alike; that they differ as PyTorch's do says more.
      const half = first.length / 2
      const mine = between([first.slice(0, half), first.slice(half)])
      expect(relativeDifference(mine, between(golden.logits_first))).toBeLessThan(1e-3)
      expect(seen.size).toBeGreaterThan(3)
      // What is computed together where nobody looks gives the same answers.
      const together = new Model(network, weights, kernels).infer(x)
      expect(relativeDifference([...together.dataSync()], [...rows])).toBeLessThan(1e-4)
      together.dispose()
      tf.dispose([x, logits])
      weights.dispose()
    })

    it.each(['three-rates', 'head-only', 'classifier-only'])('the trace %s is PyTorch’s', async (which) => {
      const golden = readGolden<Trace>(`training-${which}.json`)
      const network = networkOf('tiny-vgg')
      const weights = new Weights(network)
      const start = await openWeights(path.join(goldenFolder, golden.start))
      for (const { name } of start.tensors) weights.put(name, await start.read(name))
      await start.close()
      const plan = resolvePlan(
        network,
        Object.fromEntries(golden.rates.map(([node, rate]) => [node, { learningRate: rate }])),
      )
      const model = new Model(network, weights, kernels)
      const cut = model.cutOf(plan)
      const optimizer = new Optimizer(RunConfig.parse({ momentum: golden.momentum }), weights)
      golden.losses.forEach((theirs, step) => {
        const shape = [6, 3, 32, 32]
        const raw = tf.tensor(
          toChannelsLast(formula(shape, 2000 + step + golden.salt, 1), shape),
          [6, 32, 32, 3],
        )
        const x = model.infer(raw, { to: cut.learning })
        const gradients = new Map()
        let loss = 0
        model.learn(x, {
          plan,
          cut,
          seed: 0,
          gradients,
          lossGradient: (logits) => {
            const result = crossEntropy(logits, [0, 1, 2, 0, 1, 2], { labelSmoothing: 0, classWeights: null })
            loss = result.loss
            return result.gradient
          },
        })
        optimizer.step(gradients, (name) => plan.learningRates.get(name)!, null)
        tf.dispose([raw, x, ...gradients.values()])
        expect(Math.abs(loss - theirs) / theirs).toBeLessThan(1e-5)
      })
      const after = await openWeights(path.join(goldenFolder, golden.after))
      for (const { name } of after.tensors)
        expect(relativeDifference(weights.take(name), await after.read(name)), name).toBeLessThanOrEqual(1e-5)
      await after.close()
      optimizer.dispose()
      weights.dispose()
    })
  })
}
