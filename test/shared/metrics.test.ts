import { describe, expect, it } from 'vitest'
import {
  classScores,
  denseConfusion,
  emptyConfusion,
  mixUps,
  Score,
  scoreOf,
  SparseConfusion,
  sparseConfusion,
  wilson,
} from '../../src/shared/metrics.ts'

/** Rows: what the photos show; columns: what the network said. */
const matrix = [
  [8, 2, 0],
  [1, 6, 3],
  [0, 0, 0],
]

describe('the scores of each class', () => {
  it('are precision, recall and F1 as scikit-learn has them', () => {
    const [first, second] = classScores(matrix)
    expect(first).toEqual({ photos: 10, precision: 8 / 9, recall: 0.8, f1: 16 / 19 })
    expect(second).toEqual({ photos: 10, precision: 0.75, recall: 0.6, f1: 12 / 18 })
  })

  it('are not defined where there is nothing to divide by', () => {
    expect(classScores(matrix)[2]).toEqual({ photos: 0, precision: 0, recall: null, f1: 0 })
  })
})

it('Mix-ups are all that was taken for something else, the most frequent first', () => {
  expect(mixUps(matrix)).toEqual([
    { truth: 1, said: 2, photos: 3 },
    { truth: 0, said: 1, photos: 2 },
    { truth: 1, said: 0, photos: 1 },
  ])
})

describe('the interval of an accuracy', () => {
  // statsmodels.stats.proportion.proportion_confint(correct, total, method='wilson')
  it.each([
    [147, 153, 0.9170917348166654, 0.9819052590916575],
    [72, 153, 0.39319018716206144, 0.5494270259927266],
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371106, 1],
    [1, 1, 0.2065493143772374, 1],
    [3, 7, 0.15821985525146964, 0.7495416354723428],
    [500, 1000, 0.4690696003681042, 0.5309303996318958],
  ])('of %i of %i is Wilson’s, as statsmodels has it', (correct, total, low, high) => {
    const interval = wilson(correct, total)
    expect(interval[0]).toBeCloseTo(low, 14)
    expect(interval[1]).toBeCloseTo(high, 14)
  })

  it('is wider for a larger quantile, and all there is for no photo', () => {
    const [low, high] = wilson(3, 7, 2.5758293035489004)
    expect(low).toBeCloseTo(0.11637368051613811, 14)
    expect(high).toBeCloseTo(0.8102850959116126, 14)
    expect(wilson(0, 0)).toEqual([0, 1])
  })

  it('never leaves 0 to 1, not by rounding either', () => {
    for (let total = 1; total < 400; total += 1) {
      expect(wilson(0, total)[0]).toBeGreaterThanOrEqual(0)
      expect(wilson(total, total)[1]).toBeLessThanOrEqual(1)
    }
  })
})

describe('a score', () => {
  it('is the mean loss and the share that is right', () => {
    expect(scoreOf(3, 3, 4)).toEqual({
      loss: 0.75,
      accuracy: 0.75,
      correct: 3,
      total: 4,
      interval: wilson(3, 4),
    })
    expect(Score.parse(scoreOf(3, 3, 4))).toEqual(scoreOf(3, 3, 4))
  })

  it('of no photo divides by nothing', () => {
    expect(scoreOf(0, 0, 0)).toEqual({ loss: 0, accuracy: 0, correct: 0, total: 0, interval: [0, 1] })
  })

  it('that lacks something, or holds more, is none', () => {
    const { correct, total, accuracy, interval } = scoreOf(3, 3, 4)
    expect(Score.safeParse({ correct, total, accuracy, interval }).success).toBe(false)
    expect(Score.safeParse({ ...scoreOf(3, 3, 4), interval: [0] }).success).toBe(false)
    expect(Score.safeParse({ ...scoreOf(3, 3, 4), more: 1 }).success).toBe(false)
  })
})

describe('a confusion matrix', () => {
  it('begins without a photo, each row its own', () => {
    const empty = emptyConfusion(3)
    expect(empty).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ])
    empty[0]![1] = 5
    expect(empty[1]).toEqual([0, 0, 0])
  })

  it('is kept by its cells that are not empty, and comes back whole', () => {
    const kept = sparseConfusion(matrix)
    expect(kept).toEqual({
      classes: 3,
      cells: [
        [0, 0, 8],
        [0, 1, 2],
        [1, 0, 1],
        [1, 1, 6],
        [1, 2, 3],
      ],
    })
    expect(SparseConfusion.parse(kept)).toEqual(kept)
    expect(denseConfusion(kept)).toEqual(matrix)
    expect(SparseConfusion.safeParse({ classes: 3, cells: [[0, 1]] }).success).toBe(false)
    expect(SparseConfusion.safeParse({ cells: [] }).success).toBe(false)
  })

  it('in which nothing was called gives no precision, and one without photos no F1', () => {
    expect(classScores([[0]])).toEqual([{ photos: 0, precision: null, recall: null, f1: null }])
    expect(
      classScores([
        [0, 2],
        [0, 3],
      ])[0],
    ).toEqual({ photos: 2, precision: null, recall: 0, f1: 0 })
  })
})
