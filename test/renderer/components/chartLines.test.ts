import { expect, it } from 'vitest'
import { parted } from '../../../src/renderer/components/charts/lines.ts'

it('Numbers beside lines’ ends are parted where they would touch, and only there', () => {
  const ends = [
    { x: 20, y: 10, of: 'short' },
    { x: 300, y: 11, of: 'long' },
    { x: 21, y: 12, of: 'short too' },
    { x: 20, y: 60, of: 'low' },
  ]
  expect(parted(ends)).toEqual([ends[0], ends[1], { ...ends[2], y: 24 }, ends[3]])
})

it('Many at one place stand one below the other', () => {
  const ys = parted(Array.from({ length: 4 }, () => ({ x: 5, y: 0 }))).map(({ y }) => y)
  expect(ys).toEqual([0, 14, 28, 42])
})
