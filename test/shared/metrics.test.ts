import { describe, expect, it } from 'vitest'
import { classScores, mixUps } from '../../src/shared/metrics.ts'

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
