import { describe, expect, it } from 'vitest'
import { portableKernels } from '../../../../src/main/engine/backend/kernels/portable.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import { Model } from '../../../../src/main/engine/model/network.ts'
import { Weights } from '../../../../src/main/engine/model/weights.ts'
import { Learner } from '../../../../src/main/engine/training/learner.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import type { RunSettings } from '../../../../src/shared/config.ts'
import { resolvePlan } from '../../../../src/shared/model/plan.ts'
import type { Network } from '../../../../src/shared/model/spec.ts'
import reference from '../../../fixtures/learner/reference.json' with { type: 'json' }
import { formula } from '../../../support/golden.ts'

/** Two hidden layers; with dropout between them where it is asked for. */
const networkWith = (dropout: boolean): Network => ({
  name: 'rows',
  title: 'Rows',
  size: 1,
  classes: 3,
  head: '4',
  body: '',
  middle: [],
  parts: ['0', '2', '4'],
  layers: [
    { kind: 'flatten', name: '' },
    { kind: 'linear', name: '0', in: 4, out: 6 },
    dropout ? { kind: 'dropout', name: '1', p: 0.5 } : { kind: 'relu', name: '1' },
    { kind: 'linear', name: '2', in: 6, out: 5 },
    { kind: 'relu', name: '3' },
    { kind: 'linear', name: '4', in: 5, out: 3 },
  ],
})

const [photos, batch, epochs, base] = [21, 8, 2, 0.05]
const rows = formula([photos, 4], 100, 1)
const targets = Array.from({ length: photos }, (_, i) => (i % 5 === 0 ? 0 : i % 3))
const counts = [0, 1, 2].map((name) => targets.filter((target) => target === name).length)
const perEpoch = Math.ceil(photos / batch)

interface Learning {
  learner: Learner
  weights: Weights
  /** The step of the whole run with this number, or one of the chosen photos in its place. */
  step: (number: number, chosen?: readonly number[]) => ReturnType<Learner['step']>
}

function learning(settings: RunSettings, { freezesFirst = false, dropout = false } = {}): Learning {
  const network = networkWith(dropout)
  const weights = new Weights(network)
  weights.specs.forEach(({ name, shape }, i) => weights.put(name, formula(shape, i, 0.5)))
  const config = RunConfig.parse({ ...settings, batch })
  const model = new Model(network, weights, portableKernels('cpu'))
  const learner = new Learner(model, config, counts)
  const plan = resolvePlan(network, {
    '': { learningRate: base },
    ...(freezesFirst && { '0': { learningRate: 'frozen' } }),
  })
  const cut = model.cutOf(plan)
  const own = (number: number) => {
    const from = (number % perEpoch) * batch
    return Array.from({ length: Math.min(batch, photos - from) }, (_, i) => from + i)
  }
  const step = (number: number, chosen: readonly number[] = own(number)) => {
    const values = chosen.flatMap((photo) => [...rows.slice(4 * photo, 4 * (photo + 1))])
    const photosOfStep = tf.tensor(values, [chosen.length, 1, 1, 4])
    const x = model.infer(photosOfStep, { to: cut.learning })
    photosOfStep.dispose()
    const at = {
      step: number,
      stepsPerEpoch: perEpoch,
      totalSteps: perEpoch * epochs,
      warmup: config.warmup,
      cuts: 0,
    }
    try {
      const answers = chosen.map((photo) => targets[photo]!)
      return learner.step(x, answers, { plan, cut }, at)
    } finally {
      x.dispose()
    }
  }
  return { learner, weights, step }
}

const allOf = ({ weights }: Learning) =>
  Object.fromEntries(weights.specs.map(({ name }) => [name, weights.take(name)]))

describe.each(reference.cases.map((one) => [JSON.stringify(one.settings), one] as const))(
  'With %s',
  (_, given) => {
    const { freezesFirst, ...settings } = given.settings as RunSettings & { freezesFirst?: boolean }

    it('six steps move the weights as PyTorch’s do in float64', () => {
      const one = learning(settings, { freezesFirst })
      for (const [number, [loss, correct, norm]] of given.steps.entries()) {
        const told = one.step(number)
        expect(told.loss).toBeCloseTo(loss!, 5)
        expect(told.correct).toBe(correct)
        if (norm === null) expect(told.norm).toBeNull()
        else expect(told.norm! / norm!).toBeCloseTo(1, 5)
      }
      for (const [name, wanted] of Object.entries(given.weights)) {
        const largest = Math.max(...wanted.map(Math.abs))
        const found = one.weights.take(name)
        const away = Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!)))
        expect(away / largest, name).toBeLessThan(2e-6)
      }
      one.learner.dispose()
    })
  },
)

it('A step leaves no tensor behind, whole or in micro-batches', () => {
  for (const accumulate of [1, 3]) {
    const one = learning({ accumulate })
    one.step(0)
    const before = tf.memory().numTensors
    one.step(1)
    expect(tf.memory().numTensors).toBe(before)
    one.learner.dispose()
  }
})

describe('Dropout', () => {
  const settings = { optimizer: 'adam', accumulate: 2 } as const

  it('draws anew each step, and not by what was computed before: a run that goes on draws what it would have drawn', () => {
    const whole = learning(settings, { dropout: true })
    const losses = [0, 1, 2, 3, 4, 5].map((number) => whole.step(number).loss)

    const first = learning(settings, { dropout: true })
    for (const number of [0, 1, 2, 3]) first.step(number)
    const second = learning(settings, { dropout: true })
    for (const [name, values] of Object.entries(allOf(first))) second.weights.put(name, values)
    const { steps, slots } = first.learner.optimizer.save()
    second.learner.optimizer.load({
      steps,
      slots: slots.map(({ values, ...slot }) => ({
        ...slot,
        values: Float32Array.from([...values()].flatMap((piece) => [...piece])),
      })),
    })
    expect([4, 5].map((number) => second.step(number).loss)).toEqual(losses.slice(4))
    expect(allOf(second)).toEqual(allOf(whole))
  })

  it('is another one in each part of a batch: the same photos twice are not answered as once', () => {
    const lossOf = (accumulate: number, chosen: number[]) =>
      learning({ ...settings, accumulate }, { dropout: true }).step(0, chosen).loss
    const once = lossOf(1, [0, 1, 2, 3])
    expect(Math.abs(lossOf(2, [0, 1, 2, 3, 0, 1, 2, 3]) - once)).toBeGreaterThan(1e-3)
    // Without dropout they are.
    const plain = (accumulate: number, chosen: number[]) =>
      learning({ ...settings, accumulate }).step(0, chosen).loss
    expect(plain(2, [0, 1, 2, 3, 0, 1, 2, 3])).toBeCloseTo(plain(1, [0, 1, 2, 3]), 6)
  })

  it('is another one in the same place of the next epoch, by the run’s seed, and by how many parts a batch has', () => {
    const still = { ...settings, optimizer: 'sgd', momentum: 0 } as const
    const one = learning(still, { dropout: true })
    const before = allOf(one)
    const again = (number: number) => {
      for (const [name, values] of Object.entries(before)) one.weights.put(name, values)
      return one.step(number).loss
    }
    expect(again(0)).toBe(again(0))
    expect(again(3)).not.toBe(again(0))
    expect(learning({ ...still, seed: 1 }, { dropout: true }).step(0).loss).not.toBe(again(0))
    expect(learning({ ...still, accumulate: 1 }, { dropout: true }).step(0).loss).not.toBe(again(0))
  })
})
