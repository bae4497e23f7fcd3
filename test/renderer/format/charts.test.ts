import { describe, expect, it } from 'vitest'
import type { ChartLine } from '../../../src/renderer/components/charts/lines.ts'
import { csvOf, csvOfTable, rowsOf } from '../../../src/renderer/format/chartTable.ts'
import { smoothed } from '../../../src/renderer/format/smooth.ts'

const points = (...values: number[]) => values.map((y, x) => ({ x, y }))

describe('smoothing', () => {
  it('leaves a constant as it is, from its first value on', () => {
    expect(smoothed(points(3, 3, 3, 3), 0.9).map(({ y }) => y)).toEqual([
      expect.closeTo(3, 12),
      expect.closeTo(3, 12),
      expect.closeTo(3, 12),
      expect.closeTo(3, 12),
    ])
  })

  it('weighs values by (1 − w)·wᵏ over the sum of these weights', () => {
    const weight = 0.6
    const values = [4, -1, 2.5, 7]
    const expected = values.map((_, at) => {
      const weights = values.slice(0, at + 1).map((_value, i) => (1 - weight) * weight ** (at - i))
      const total = weights.reduce((sum, it) => sum + it, 0)
      return weights.reduce((sum, it, i) => sum + it * values[i]!, 0) / total
    })
    smoothed(points(...values), weight).forEach(({ y }, at) => expect(y).toBeCloseTo(expected[at]!, 12))
  })

  it('passes over what is no number, and does nothing at 0', () => {
    expect(smoothed(points(1, Number.NaN, 1), 0.5).map(({ y }) => y)).toEqual([1, Number.NaN, 1])
    expect(smoothed(points(1, 5), 0)).toEqual(points(1, 5))
  })
})

const lines: ChartLine[] = [
  { label: 'train', colour: 1, look: 'plain', points: [{ x: 1, y: 0.5 }] },
  {
    label: 'a, "b"',
    colour: 2,
    look: 'dots',
    points: [
      { x: 1, y: 0.25 },
      { x: 0, y: 1e-9 },
    ],
  },
]

it('a chart’s table has a row a place, in order, and leaves open what a line does not have there', () => {
  expect(rowsOf(lines)).toEqual([
    { x: 0, values: [undefined, 1e-9] },
    { x: 1, values: [0.5, 0.25] },
  ])
})

it('a table of words and numbers is written in full, and what is not there is empty', () => {
  const cell = (value: string | number | null) => ({ text: 'rounded', value })
  const table = {
    columns: ['certainty', 'right'],
    rows: [
      [cell('.9–1'), cell(0.123456789)],
      [cell('=1'), cell(null)],
    ],
  }
  expect(csvOfTable(table)).toBe('\ufeffcertainty,right\r\n.9–1,0.123456789\r\n=1,\r\n')
})

it('as CSV it has every digit, and quotes what must be quoted', () => {
  // The mark before it tells spreadsheets that it is UTF-8.
  expect(csvOf('epoch', lines)).toBe('\ufeffepoch,train,"a, ""b"""\r\n0,,1e-9\r\n1,0.5,0.25\r\n')
})
