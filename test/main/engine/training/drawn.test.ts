import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { portableKernels } from '../../../../src/main/engine/backend/kernels/portable.ts'
import { tf } from '../../../../src/main/engine/backend/tf.ts'
import { Model } from '../../../../src/main/engine/model/network.ts'
import type { Draw } from '../../../../src/main/engine/model/steps/step.ts'
import { Weights } from '../../../../src/main/engine/model/weights.ts'
import { drawn } from '../../../../src/main/engine/training/drawn.ts'
import type { Batch } from '../../../../src/main/engine/training/features.ts'
import { sizeOf } from '../../../../src/shared/model/layers.ts'
import { resolvePlan } from '../../../../src/shared/model/plan.ts'
import type { Network } from '../../../../src/shared/model/spec.ts'
import { randomFor } from '../../../../src/shared/random.ts'

/** linear, dropout, linear, dropout, head: the first linear layer's output is fixed, the second's is not. */
const network: Network = {
  name: 'rows',
  title: 'Rows',
  size: 1,
  classes: 2,
  head: '4',
  body: '',
  middle: [],
  parts: ['0', '2', '4'],
  layers: [
    { kind: 'flatten', name: '' },
    { kind: 'linear', name: '0', in: 3, out: 12 },
    { kind: 'dropout', name: '1', p: 0.5 },
    { kind: 'linear', name: '2', in: 12, out: 10 },
    { kind: 'dropout', name: '3', p: 0.5 },
    { kind: 'linear', name: '4', in: 10, out: 2 },
  ],
}

const model = new Model(network, new Weights(network), portableKernels('cpu'))
const plan = resolvePlan(network, { '4': { learningRate: 0.1 } })
const cut = model.cutOf(plan)

/** Five batches of 4, the last one of 3 photos, of what the first linear layer makes of them. */
const sizes = [4, 4, 4, 4, 3]
const random = randomFor(1, 'sample')
const rows = Float32Array.from({ length: 19 * 12 }, () => random.uniform())
const drawsOf = (batch: number, photos: number): Draw[] => [
  { rows: 1, seed: 100 + batch },
  { rows: photos - 1, seed: 200 + batch },
]

async function* batchesFrom(first: number): AsyncGenerator<Batch, void> {
  await nextTurn()
  let at = 4 * first
  for (const size of sizes.slice(first)) {
    const x = tf.tensor2d(rows.slice(at * 12, (at + size) * 12), [size, 12])
    yield { x, indices: Array.from({ length: size }, (_, i) => at + i), ahead: 2 }
    at += size
  }
}

async function valuesFrom(first: number): Promise<{ values: number[]; indices: number[]; ahead: number }[]> {
  const found = []
  for await (const { x, indices, ahead } of drawn(
    batchesFrom(first),
    { model, cut },
    { first, size: 4, drawsOf },
  )) {
    expect(x.shape).toEqual([indices.length, 10])
    found.push({ values: [...x.dataSync()], indices, ahead })
    x.dispose()
  }
  return found
}

describe('Batches that go through frozen layers behind a dropout', () => {
  beforeAll(() => {
    for (const { name, shape } of model.weights.specs) {
      const random = randomFor(2, 'sample', name.length, name.charCodeAt(0))
      model.weights.put(
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => random.uniform() - 0.5),
      )
    }
  })

  it('begin where nothing is random and end where something learns', () => {
    expect(cut).toMatchObject({ prefix: 2, learning: 5, names: { prefix: '0', learning: '3' } })
  })

  it('come out one by one with what waits behind them', async () => {
    const found = await valuesFrom(0)
    expect(found.flatMap(({ indices }) => indices)).toEqual(Array.from({ length: 19 }, (_, i) => i))
    expect(found.map(({ ahead }) => ahead)).toEqual([17, 13, 9, 5, 2])
  })

  // What a matrix product gives a row may depend on where it lies.
  it('lie among blank ones where they would lie in a whole epoch', async () => {
    const draw = vi.spyOn(model, 'draw')
    const rowsDrawn = async (first: number) => {
      draw.mockClear()
      await valuesFrom(first)
      return draw.mock.calls.map(([, , draws]) => draws.map(({ rows: count }) => count))
    }
    // Eight batches of 4 go through together; each has draws of 1 and the rest.
    expect(await rowsDrawn(0)).toEqual([[0, 1, 3, 1, 3, 1, 3, 1, 3, 1, 2, 13]])
    expect(await rowsDrawn(2)).toEqual([[8, 1, 3, 1, 3, 1, 2, 13]])
    draw.mockRestore()
  })

  it('are what each of them is alone', async () => {
    const found = await valuesFrom(0)
    for (const [number, { values, indices }] of found.entries()) {
      const x = tf.tensor2d(rows.slice(indices[0]! * 12, (indices.at(-1)! + 1) * 12), [indices.length, 12])
      const y = model.draw(x, cut, drawsOf(number, indices.length))
      y.dataSync().forEach((value, i) => expect(values[i]).toBeCloseTo(value, 6))
      tf.dispose([x, y])
    }
    // And something was dropped.
    expect(found[0]!.values.filter((value) => value === 0).length).toBeGreaterThan(5)
  })

  it('are the same bits when the epoch begins in the middle', async () => {
    const whole = await valuesFrom(0)
    for (const first of [1, 2, 4])
      expect((await valuesFrom(first)).map(({ values }) => values)).toEqual(
        whole.slice(first).map(({ values }) => values),
      )
  })

  it('leave nothing behind when nobody wants the rest', async () => {
    const before = tf.memory().numTensors
    for await (const { x } of drawn(batchesFrom(0), { model, cut }, { first: 0, size: 4, drawsOf })) {
      x.dispose()
      break
    }
    expect(tf.memory().numTensors).toBe(before)
  })
})
