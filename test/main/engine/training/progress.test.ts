import { describe, expect, it } from 'vitest'
import {
  afterBatch,
  isBetter,
  isDone,
  isStale,
  nextEpoch,
  start,
} from '../../../../src/main/engine/training/progress.ts'
import { RunConfig } from '../../../../src/shared/config.ts'
import { scoreOf } from '../../../../src/shared/metrics.ts'

const config = RunConfig.parse({ epochs: 10 })
/** 100 photos. @param loss the mean */
const score = (correct: number, loss: number) => scoreOf(loss * 100, correct, 100)
const after = (...scores: ReturnType<typeof score>[]) =>
  scores.reduce((position, it) => nextEpoch(position, config, it), { ...start(), epoch: 1 })

describe('the best epoch', () => {
  it('is the one with the highest accuracy, whatever its loss', () => {
    expect(after(score(90, 0.2), score(91, 0.9)).best).toMatchObject({ epoch: 2, correct: 91 })
  })

  it('is, of equal ones, that with the lowest loss, and then the first', () => {
    expect(after(score(90, 0.3), score(90, 0.2)).best).toMatchObject({ epoch: 2 })
    expect(after(score(90, 0.2), score(90, 0.3)).best).toMatchObject({ epoch: 1 })
    expect(after(score(90, 0.2), score(90, 0.2)).best).toMatchObject({ epoch: 1 })
    expect(isBetter(after(score(90, 0.2)), score(90, 0.2))).toBe(false)
  })
})

it('An epoch’s loss counts each batch by its photos', () => {
  const position = afterBatch(afterBatch(start(), 32, 1, 10), 8, 2, 4)
  expect(position).toMatchObject({ step: 2, batch: 2, seen: 40, correct: 14 })
  expect(position.lossSum / position.seen).toBeCloseTo(1.2, 12)
})

describe('early stopping', () => {
  const rule = RunConfig.parse({ epochs: 10, earlyStopping: { metric: 'accuracy', patience: 2 } })
  const epochs = (...correct: number[]) =>
    correct.reduce((position, it) => nextEpoch(position, rule, score(it, 1)), { ...start(), epoch: 1 })

  it('waits as many epochs in a row as its patience says, equal ones counting as no better', () => {
    expect(isStale(epochs(90, 80), rule)).toBe(false)
    expect(isStale(epochs(90, 80, 90), rule)).toBe(true)
    expect(isStale(epochs(90, 80, 91, 80), rule)).toBe(false)
    expect(isDone(epochs(90, 80, 90), rule)).toBe(true)
  })

  it('begins anew where a fork looks at the other metric', () => {
    const byLoss = RunConfig.parse({ epochs: 10, earlyStopping: { metric: 'loss', patience: 2 } })
    const forked = nextEpoch(epochs(90, 80), byLoss, score(80, 2))
    expect(forked).toMatchObject({ stale: 0, goal: -2 })
    expect(nextEpoch(forked, byLoss, score(95, 3)).stale).toBe(1)
    expect(nextEpoch(forked, rule, score(10, 9))).toMatchObject({ stale: 0, goal: 0.1 })
  })

  it('waits for a smaller loss where that is its metric, whatever the accuracy', () => {
    const byLoss = RunConfig.parse({ epochs: 10, earlyStopping: { metric: 'loss', patience: 2 } })
    const staleAfter = (...losses: number[]) =>
      losses.reduce((position, loss, i) => nextEpoch(position, byLoss, score(90 - i, loss)), {
        ...start(),
        epoch: 1,
      }).stale
    expect([staleAfter(0.5, 0.4, 0.3), staleAfter(0.5, 0.5), staleAfter(0.5, 0.6, 0.7)]).toEqual([0, 1, 2])
    expect(staleAfter(0.5, 0.6, 0.4)).toBe(0)
  })

  it('has its end where the loss is 0, than which nothing is better', () => {
    const byLoss = RunConfig.parse({ epochs: 10, earlyStopping: { metric: 'loss', patience: 2 } })
    const [first, ...more] = [0, 0, 0].map((loss) => score(100, loss))
    const stale = more.reduce(
      (position, it) => nextEpoch(position, byLoss, it),
      nextEpoch({ ...start(), epoch: 1 }, byLoss, first!),
    )
    expect(isStale(stale, byLoss)).toBe(true)
  })

  it('a run is done after its last epoch, and not before it', () => {
    expect([10, 11].map((epoch) => isDone({ ...start(), epoch }, rule))).toEqual([false, true])
  })
})

it('A plateau looks at the validation loss of each epoch', () => {
  const schedule = { kind: 'plateau', factor: 0.5, patience: 0, threshold: 0 } as const
  const rule = RunConfig.parse({ epochs: 10, schedule })
  const cuts = (...losses: number[]) =>
    losses.reduce((position, loss) => nextEpoch(position, rule, score(50, loss)), { ...start(), epoch: 1 })
      .plateau
  expect(cuts(1, 0.5, 0.4)).toEqual({ best: 0.4, bad: 0, cuts: 0 })
  expect(cuts(1, 0.5, 0.6, 0.4)).toEqual({ best: 0.4, bad: 0, cuts: 1 })
  expect(cuts(1, 1, 1)).toEqual({ best: 1, bad: 0, cuts: 2 })
})
