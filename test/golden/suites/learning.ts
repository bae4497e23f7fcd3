import { beforeAll, expect, it } from 'vitest'
import { openCompute } from '../../../src/main/engine/backend/compute.ts'
import type { Kernels } from '../../../src/main/engine/backend/kernels/kernels.ts'
import { tf } from '../../../src/main/engine/backend/tf.ts'
import type { Tensor } from '../../../src/main/engine/backend/tf.ts'
import type { BackendName } from '../../../src/main/engine/backend/types.ts'
import { Model } from '../../../src/main/engine/model/network.ts'
import { Weights } from '../../../src/main/engine/model/weights.ts'
import { crossEntropy } from '../../../src/main/engine/training/loss.ts'
import { Optimizer } from '../../../src/main/engine/training/optimizer.ts'
import { RunConfig } from '../../../src/shared/config.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'
import type { Network } from '../../../src/shared/model/spec.ts'
import { fillByFormula, still } from '../../support/filling.ts'
import { describeGolden, formula, readGolden, toChannelsLast } from '../../support/golden.ts'

interface Summary {
  std: number
  norm: number
  first: number[]
}
interface Trace {
  losses: number[]
  /** The first numbers of each parameter before the first step. */
  before?: Record<string, number[]>
  gradients: Record<string, Summary>
  after: Record<string, Summary>
}
type Distance = Record<'loss' | `${'gradients' | 'after'}${'Norm' | 'First'}`, number>
interface File {
  salt: number
  weights: string
  cases: Record<string, Trace & { float32: Distance }>
}

/** Networks whose every parameter learns: name here, case there. */
export const everyLearning = [
  ['resnet18', 'resnet18'],
  ['resnet50', 'resnet50'],
  ['mobilenet-v2', 'mobilenet_v2'],
  ['mobilenet-v3-large', 'mobilenet_v3_large'],
  ['efficientnet-b0', 'efficientnet_b0'],
  ['convnext-tiny', 'convnext_tiny'],
  ['dinov2-small', 'vit_small_patch14_dinov2'],
] as const

/**
 * What lies below a number that one side sees above zero and the other below. MobileNetV3: one of those before the ReLU of
 * features.3.block.1 is 9e-8 in float64, less than float32 tells apart there; channel 28 and the gradients below it differ thereby.
 */
const flipped: Readonly<Record<string, RegExp>> = { 'mobilenet-v3-large': /^features\.[0-3]\./ }

/** The reference's gain of this network's weights, as the file says in words. */
const gainOf = (name: string, how: string): number =>
  Number(new RegExp(`${name} gain ([\\d.]+\\d)`).exec(how)?.[1] ?? 1)

function summary(values: Float32Array): Summary {
  const sum = (f: (it: number) => number) => values.reduce((all, it) => all + f(it), 0)
  const mean = sum((it) => it) / values.length
  return {
    std: Math.sqrt(sum((it) => (it - mean) ** 2) / Math.max(1, values.length - 1)),
    norm: Math.sqrt(sum((it) => it ** 2)),
    first: [...values.slice(0, 8)],
  }
}

/** How far trace a is from trace b, as the reference's own `distance`. */
function distance(a: Trace, b: Trace, counts: (tensor: string) => boolean): Distance {
  const most = (values: number[]) => values.reduce((largest, it) => (it <= largest ? largest : it), 0)
  const of = (part: 'gradients' | 'after') => {
    const rows = Object.entries(b[part])
      .filter(([name, theirs]) => theirs.norm > 1e-9 && counts(name))
      .map(([name, theirs]) => [a[part][name]!, theirs] as const)
    return {
      norm: most(rows.map(([p, q]) => Math.abs(p.norm - q.norm) / q.norm)),
      first: most(
        rows.map(
          ([p, q]) =>
            most(p.first.map((it, i) => Math.abs(it - q.first[i]!))) /
            Math.max(q.std, ...q.first.map(Math.abs)),
        ),
      ),
    }
  }
  const [gradients, after] = [of('gradients'), of('after')]
  return {
    loss: most(a.losses.map((it, i) => Math.abs(it - b.losses[i]!) / Math.abs(b.losses[i]!))),
    gradientsNorm: gradients.norm,
    gradientsFirst: gradients.first,
    afterNorm: after.norm,
    afterFirst: after.first,
  }
}

/** Steps in single precision round to this share of a number. */
const rounding = 2 ** -24

/**
 * How far the three steps' moves are from the reference's, as a share of the largest move among a tensor's first numbers: what a weight is
 * after them says little, since steps of 1e-4 move it by less than 1e-4. Of tensors that move by enough to have digits.
 */
function moveDistance(mine: Trace, theirs: Trace, counts: (tensor: string) => boolean): number {
  let most = 0
  for (const [name, start] of Object.entries(mine.before!).filter(([tensor]) => counts(tensor))) {
    const moves = start.map((it, i) => theirs.after[name]!.first[i]! - it)
    const largest = Math.max(...moves.map(Math.abs))
    if (largest < 1000 * rounding * Math.max(...start.map(Math.abs))) continue
    for (const [i, it] of start.entries())
      most = Math.max(most, Math.abs(mine.after[name]!.first[i]! - it - moves[i]!) / largest)
  }
  return most
}

/** Three steps of SGD with every parameter learning. */
function traceOf(kernels: Kernels, network: Network, filling: Parameters<typeof fillByFormula>[1]): Trace {
  const weights = new Weights(network)
  fillByFormula(weights, filling)
  const plan = resolvePlan(network, { '': { learningRate: 1e-4 } })
  const model = new Model(network, weights, kernels)
  const cut = model.cutOf(plan)
  const optimizer = new Optimizer(RunConfig.parse({ momentum: 0.9 }), weights)
  const before = Object.fromEntries(
    weights.specs
      .filter(({ name }) => plan.learningRates.has(name))
      .map(({ name }) => [name, [...weights.take(name).slice(0, 8)]]),
  )
  const trace: Trace = { losses: [], before, gradients: {}, after: {} }
  for (let step = 0; step < 3; step += 1) {
    const shape = [4, 3, network.size, network.size]
    const values = toChannelsLast(formula(shape, 2000 + step + filling.salt, 2), shape)
    const x = tf.tensor(values, [4, network.size, network.size, 3], 'float32')
    const gradients = new Map<string, Tensor>()
    model.learn(x, {
      plan,
      cut,
      seed: 0,
      gradients,
      lossGradient: (logits) => {
        const result = crossEntropy(logits, [0, 1, 2, 0], { labelSmoothing: 0, classWeights: null })
        trace.losses.push(result.loss)
        return result.gradient
      },
    })
    if (step === 0)
      for (const [name, gradient] of gradients)
        trace.gradients[name] = summary(weights.toPyTorch(name, gradient))
    optimizer.step(gradients, (name) => plan.learningRates.get(name)!, null)
    tf.dispose([x, ...gradients.values()])
  }
  for (const { name, dtype } of weights.specs)
    if (dtype === 'float32') trace.after[name] = summary(weights.take(name))
  optimizer.dispose()
  weights.dispose()
  return trace
}

/** Every parameter learns: at most three times as far from float64 as PyTorch's own float32, or 1e-4. */
export function learningAgainstPyTorch(
  backend: BackendName,
  networks: readonly (readonly [name: string, file: string])[],
): void {
  describeGolden(`networks that learn against PyTorch’s float64 on ${backend}`, () => {
    let kernels: Kernels
    beforeAll(async () => {
      process.env['THAW_BACKEND'] = backend
      ;({ kernels } = await openCompute(null, 'exact'))
    })

    it.each(networks)('%s learns as PyTorch’s', (name, file) => {
      const { cases, salt, weights } = readGolden<File>('training-networks.json')
      const theirs = cases[file]!
      const tensors = tf.memory().numTensors
      const mine = traceOf(kernels, still(networkOf(name)), { salt, weights, gain: gainOf(file, weights) })
      expect(tf.memory().numTensors).toBe(tensors)
      const found = distance(mine, theirs, (tensor) => !flipped[name]?.test(tensor))
      for (const [part, most] of Object.entries(theirs.float32))
        expect(found[part as keyof Distance], part).toBeLessThanOrEqual(Math.max(3 * most, 1e-4))
      // Where PyTorch's own float32 knows the gradients well, the moves show what the losses cannot: momentum that is a little off.
      if (theirs.float32.gradientsFirst < 1e-3)
        expect(moveDistance(mine, theirs, (tensor) => !flipped[name]?.test(tensor))).toBeLessThan(0.01)
      // Where a number lies on the edge of a ReLU, the tensors before it are held to less.
      const all = flipped[name] ? distance(mine, theirs, () => true) : found
      for (const [part, most] of Object.entries(theirs.float32))
        expect(all[part as keyof Distance], part).toBeLessThanOrEqual(Math.max(3 * most, 0.02))
    })
  })
}
