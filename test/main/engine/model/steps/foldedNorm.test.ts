import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCompute } from '../../../../../src/main/engine/backend/compute.ts'
import { tf } from '../../../../../src/main/engine/backend/tf.ts'
import { foldNorm } from '../../../../../src/main/engine/model/steps/foldedNorm.ts'
import { Weights } from '../../../../../src/main/engine/model/weights.ts'
import type { BatchNorm } from '../../../../../src/shared/model/spec.ts'
import { networkOf } from '../../../../../src/shared/model/registry.ts'
import { randomFor } from '../../../../../src/shared/random.ts'

const layer: BatchNorm = { name: 'bn1', kind: 'batchnorm', features: 64, eps: 1e-5, momentum: 0.1 }
const name = 'bn1'
const weights = new Weights(networkOf('resnet18'))
const given: Record<string, Float32Array> = {}

beforeAll(async () => {
  process.env['THAW_BACKEND'] = 'cpu'
  await openCompute(null, 'exact')
  const random = randomFor(7, 'head', 0)
  // Means far from zero and small variances: what cancels and what is amplified.
  const draw = (from: number, to: number) =>
    Float32Array.from({ length: 64 }, () => from + (to - from) * random.uniform())
  given['weight'] = draw(0.5, 2)
  given['bias'] = draw(-1, 1)
  given['running_mean'] = draw(50, 300)
  given['running_var'] = draw(1e-3, 9)
  for (const [part, values] of Object.entries(given)) weights.put(`${name}.${part}`, values)
})
afterAll(() => weights.dispose())

it.each([null, 3])('BatchNorm’s factors are float64’s, rounded once, with a bias of %s before it', (own) => {
  const bias = own === null ? null : tf.fill([64], own)
  const { k, invStd, bias: folded, centred } = foldNorm({ name, layer }, bias, weights)
  for (let c = 0; c < 64; c += 1) {
    const deviation = Math.sqrt(given['running_var']![c]! + layer.eps)
    const mean = (own ?? 0) - given['running_mean']![c]!
    const factor = (1 / deviation) * given['weight']![c]!
    expect(invStd.dataSync()[c]).toBe(Math.fround(1 / deviation))
    expect(k.dataSync()[c]).toBe(Math.fround(factor))
    expect(centred.dataSync()[c]).toBe(Math.fround(mean))
    expect(folded.dataSync()[c]).toBe(Math.fround(given['bias']![c]! + mean * factor))
  }
  tf.dispose([k, invStd, folded, centred, ...(bias ? [bias] : [])])
})
