import { expect, it } from 'vitest'
import type { Kernels } from '../../../../src/main/engine/backend/kernels/kernels.ts'
import { Weights } from '../../../../src/main/engine/model/weights.ts'
import { Optimizer } from '../../../../src/main/engine/training/optimizer.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { sizeOf } from '../../../../src/shared/model/layers.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'

const name = 'classifier.6.weight'

function fresh(settings: object) {
  const weights = new Weights(networkOf('tiny-vgg'))
  for (const spec of weights.specs) weights.put(spec.name, new Float32Array(sizeOf(spec.shape)))
  const optimizer = new Optimizer(RunConfig.parse(settings), weights)
  const gradient = weights.toEngine(
    name,
    Float32Array.from({ length: sizeOf(weights.spec(name).shape) }, (_, i) => Math.sin(i + 1)),
  )
  const step = () => optimizer.step(new Map([[name, gradient]]), () => 0.01, null)
  return { weights, optimizer, step }
}

it.each([
  ['sgd', { momentum_buffer: 'momentum' }],
  ['adam', { exp_avg: 'first', exp_avg_sq: 'second' }],
  ['adamw', { exp_avg: 'first', exp_avg_sq: 'second' }],
  ['rmsprop', { square_avg: 'square', momentum_buffer: 'momentum' }],
] as const)('%s has PyTorch’s slots, and finds them under their first names too', (optimizer, slots) => {
  const one = fresh({ optimizer, momentum: 0.9 })
  one.step()
  const saved = one.optimizer.save()
  expect(saved.slots.map(({ slot }) => slot).toSorted()).toEqual(Object.keys(slots).toSorted())

  const former: Record<string, string> = slots
  const other = fresh({ optimizer, momentum: 0.9 })
  other.weights.put(name, one.weights.take(name))
  other.optimizer.load({
    steps: saved.steps,
    slots: saved.slots.map(({ parameter, slot, values }) => ({
      parameter,
      slot: former[slot]!,
      values: Float32Array.from([...values()].flatMap((piece) => [...piece])),
    })),
  })
  one.step()
  other.step()
  expect(other.weights.take(name)).toEqual(one.weights.take(name))
})

it('Of a parameter that a checkpoint says nothing of, nothing is remembered', () => {
  const [one, other] = [fresh({ optimizer: 'adam' }), fresh({ optimizer: 'adam' })]
  one.step()
  one.optimizer.load({ steps: {}, slots: [] })
  one.weights.put(name, other.weights.take(name))
  one.step()
  other.step()
  expect(one.weights.take(name)).toEqual(other.weights.take(name))
})

it('Short parameters are moved together, at most a million numbers at once, and a longer one alone', () => {
  const weights = new Weights(networkOf('vgg16'))
  const names = [
    'features.0.weight',
    'features.0.bias',
    'features.10.weight',
    'features.12.weight',
    'features.14.weight',
    'features.17.weight',
  ]
  const sizes = names.map((it) => sizeOf(weights.spec(it).shape))
  for (const it of names) weights.put(it, new Float32Array(sizeOf(weights.spec(it).shape)))
  const seen: { sizes: number[]; learningRates: number[] }[] = []
  const momentumSteps: Kernels['momentumSteps'] = (moves) => {
    seen.push({
      sizes: moves.map(({ weight }) => weight.size),
      learningRates: moves.map(({ learningRate }) => learningRate),
    })
    return moves.map(({ weight, gradient }) => ({ weight: weight.clone(), velocity: gradient.clone() }))
  }
  const optimizer = new Optimizer(
    RunConfig.parse({ optimizer: 'sgd', momentum: 0.9 }),
    weights,
    momentumSteps,
  )
  const gradients = new Map(names.map((it) => [it, weights.get(it).clone()]))
  optimizer.step(gradients, (it) => names.indexOf(it) + 1, null)
  expect(seen).toEqual([
    { sizes: sizes.slice(0, 4), learningRates: [1, 2, 3, 4] },
    { sizes: [589_824], learningRates: [5] },
    { sizes: [1_179_648], learningRates: [6] },
  ])
})
