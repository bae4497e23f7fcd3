import { describe, expect, it } from 'vitest'
import { estimate } from '../../../../src/main/engine/training/forecast.ts'
import { memoryOf, secondsOf } from '../../../../src/main/engine/training/forecastFormula.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { withClasses } from '../../../../src/shared/model/layers.ts'
import { resolvePlan } from '../../../../src/shared/model/plan.ts'
import { namedPlan, networkOf } from '../../../../src/shared/model/registry.ts'
import { secondsOfEpoch } from '../../../../src/shared/run.ts'
import type { RunEvent } from '../../../../src/shared/run.ts'

/** Events as they come, with seconds; only what tells them apart. */
const clocked = (...events: [at: number, type: string, epoch?: number, batch?: number][]) =>
  events.map(([at, type, epoch, batch]) => ({ at, event: { type, epoch, batch } as unknown as RunEvent }))

const photos = { probed: { train: 10, val: 5 }, all: { train: 100, val: 50 }, batches: 2 }

describe('A whole run’s time, from two probe batches', () => {
  it('takes every epoch like the first where photos are new each time', () => {
    // 1 s a training photo, .2 s a photo of the evaluation, 4 s to write the weights.
    const probe = clocked(
      [0, 'started'],
      [1, 'epoch', 0],
      [6, 'batch', 1, 1],
      [11, 'batch', 1, 2],
      [12, 'epoch', 1],
      [16, 'finished'],
    )
    const times = estimate(probe, { ...photos, epochs: 3, views: null, savesAtEnd: false })
    expect(times.secondsFirstEpoch).toBeCloseTo(100 + 10 + 4)
    expect(times.secondsEpoch).toBeCloseTo(100 + 10 + 4)
    expect(times.secondsTotal).toBeCloseTo(10 + 3 * (100 + 10 + 4))
  })

  it('counts the weights once where they are written at the end, and computing once for each view that is kept', () => {
    // A kept view takes .1 s, evaluating kept features .02 s a photo; hashing after the first epoch is no epoch’s work.
    const probe = clocked(
      [0, 'started'],
      [1, 'epoch', 0],
      [6, 'batch', 1, 1],
      [11, 'batch', 1, 2],
      [11.1, 'epoch', 1],
      [14, 'checkpoint', 1],
      [14.5, 'batch', 2, 1],
      [15, 'batch', 2, 2],
      [15.1, 'epoch', 2],
      [19.1, 'finished'],
    )
    const times = estimate(probe, { ...photos, epochs: 9, views: 4, savesAtEnd: true })
    expect(times.secondsFirstEpoch).toBeCloseTo(100 + 1)
    expect(times.secondsEpoch).toBeCloseTo(10 + 1)
    expect(times.secondsTotal).toBeCloseTo(10 + 4 * 100 + 5 * 10 + 9 * 1 + 4)
  })
})

describe('A whole run’s time, from what its parts take', () => {
  const measured = {
    evaluation: 0.2,
    evaluationAgain: 0.02,
    fresh: 1,
    again: 0.1,
    savingEach: 3,
    savingOnce: 7,
  }
  const all = { train: 100, val: 50 }

  it('is that of its epochs, of the evaluation before them and of what is written', () => {
    expect(secondsOf(measured, { all, epochs: 3, views: null })).toEqual({
      freshEpochs: 3,
      secondsFirstEpoch: 100 + 1 + 3,
      secondsEpoch: 100 + 1 + 3,
      secondsTotal: 10 + 3 * 104 + 7,
    })
  })

  it('computes each kept view once, and not more of them than there are epochs', () => {
    expect(secondsOf(measured, { all, epochs: 5, views: 2 })).toEqual({
      freshEpochs: 2,
      secondsFirstEpoch: 104,
      secondsEpoch: 14,
      secondsTotal: 10 + 2 * 104 + 3 * 14 + 7,
    })
    const all8 = secondsOf(measured, { all, epochs: 2, views: 8 })
    expect(all8).toMatchObject({ freshEpochs: 2, secondsTotal: 10 + 2 * 104 + 7 })
    // Each epoch is told as long as it is, so that together they are the whole.
    expect([1, 2].map((epoch) => secondsOfEpoch(all8, epoch))).toEqual([104, 104])
    const both = secondsOf(measured, { all, epochs: 5, views: 2 })
    expect([1, 2, 3, 4, 5].map((epoch) => secondsOfEpoch(both, epoch))).toEqual([104, 104, 14, 14, 14])
  })
})

describe('The batch that is suggested', () => {
  const network = withClasses(networkOf('efficientnet-lite0'), 2)
  const config = RunConfig.parse({})
  const plan = resolvePlan(network, namedPlan(network, 'head-only'))
  const suggested = (photos: number, available: number) =>
    memoryOf(network, plan, config, { photos, available }).suggestedBatch

  it('knows how many photos there are: an epoch keeps some steps', () => {
    expect([2, 48, 244, 100_000].map((photos) => suggested(photos, 2 ** 40))).toEqual([1, 8, 32, 1024])
  })

  it('is smaller where memory is', () => {
    expect(suggested(100_000, 2 ** 29)).toBeLessThan(1024)
  })
})
