import { describe, expect, it } from 'vitest'
import { clusterOrder } from '../../../src/shared/evaluation/clusterOrder.ts'
import { rangeOfSlice, sliceScores, slicesOf } from '../../../src/shared/evaluation/slices.ts'
import { thresholdCurve } from '../../../src/shared/evaluation/thresholds.ts'
import { wilson } from '../../../src/shared/metrics.ts'

describe('The order of a confusion matrix', () => {
  it('puts classes beside each other that are mixed up, and those that never are behind', () => {
    const matrix = Array.from({ length: 6 }, (_, i) =>
      Array.from({ length: 6 }, (_, j): number => (i === j ? 9 : 0)),
    )
    matrix[0]![4] = 5
    matrix[4]![0] = 4
    matrix[2]![5] = 3
    const order = clusterOrder(matrix)
    expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
    expect(Math.abs(order.indexOf(0) - order.indexOf(4))).toBe(1)
    expect(Math.abs(order.indexOf(2) - order.indexOf(5))).toBe(1)
    expect(order.slice(4)).toEqual([1, 3])
  })

  it('is the classes’ own where none is mixed up', () => {
    expect(
      clusterOrder([
        [3, 0],
        [0, 2],
      ]),
    ).toEqual([0, 1])
    expect(clusterOrder([])).toEqual([])
  })
})

describe('Slices', () => {
  it('go by camera, three hours of its clock, ISO, the shorter side and the group; what is unknown is in none', () => {
    const taken = Date.UTC(2026, 10, 28, 14, 59)
    const known = { camera: 'X', taken, iso: 400, width: 900, height: 399, group: 'g' }
    expect(slicesOf(known)).toEqual({ camera: 'X', hour: '12', iso: '400', size: '224', group: 'g' })
    expect(slicesOf({ width: 10, height: 5000 })).toEqual({ size: '0' })
    expect(rangeOfSlice('size', '224')).toEqual([224, 400])
    expect(rangeOfSlice('size', '3200')).toEqual([3200, null])
    expect(rangeOfSlice('hour', '21')).toEqual([21, 24])
  })

  it('tell count and interval, and that a small one is small; a group of two is no slice', () => {
    const photo = (answer: number, slices: object) => ({ truth: 0, answer, slices })
    const photos = [
      ...Array.from({ length: 40 }, (_, i) => photo(i < 38 ? 0 : 1, { size: '400', group: 'a' })),
      ...Array.from({ length: 2 }, () => photo(0, { size: '0', group: 'b' })),
    ]
    const scores = sliceScores(photos)
    expect(scores.map(({ by, value, total, small }) => [by, value, total, small])).toEqual([
      ['size', '400', 40, false],
      ['size', '0', 2, true],
      ['group', 'a', 40, false],
    ])
    expect(scores[0]).toMatchObject({ correct: 38, interval: wilson(38, 40) })
  })
})

describe('Only sure answers', () => {
  it('are counted from each certainty on', () => {
    const photos = [
      { truth: 0, answer: 0, probability: 0.9 },
      { truth: 0, answer: 1, probability: 0.6 },
      { truth: 1, answer: 1, probability: 0.6 },
    ]
    const curve = thresholdCurve(photos, 10)
    expect(curve).toHaveLength(11)
    expect(curve[0]).toEqual({ from: 0, photos: 3, correct: 2 })
    expect(curve[6]).toEqual({ from: 0.6, photos: 3, correct: 2 })
    expect(curve[7]).toEqual({ from: 0.7, photos: 1, correct: 1 })
    expect(curve[10]).toEqual({ from: 1, photos: 0, correct: 0 })
  })
})
