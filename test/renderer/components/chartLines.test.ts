import { expect, it } from 'vitest'
import { byPlace, isEpochTick, legible, parted } from '../../../src/renderer/components/charts/lines.ts'

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

it('Of signs that would stand over one another the first stays', () => {
  const [best, pause, far] = [
    { sign: 'best', left: 10, right: 30 },
    { sign: 'pause', left: 29, right: 60 },
    { sign: 'stop', left: 30, right: 50 },
  ]
  expect(legible([best, pause, far])).toEqual([best, far])
})

it('What is marked at one place has one sign there, and a word that two of them share stands once', () => {
  const at = (epoch: number, sign: string, text: string) => ({ epoch, sign, text })
  const markers = [
    at(2, 'pause', 'Paused'),
    at(2, 'resume', 'Went on'),
    at(3, 'best', 'Best'),
    at(2, 'pause', 'Paused'),
  ]
  expect(byPlace(markers)).toEqual([at(2, 'pause · resume', 'Paused · Went on'), at(3, 'best', 'Best')])
})

it('An axis of few epochs names whole ones only, until one looks at an epoch or two', () => {
  expect([0, 0.5, 1, 1.5, 3].filter((it) => isEpochTick(it, 3))).toEqual([0, 1, 3])
  expect(isEpochTick(1.25, 1)).toBe(true)
})
