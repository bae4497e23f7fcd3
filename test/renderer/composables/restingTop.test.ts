import { expect, it } from 'vitest'
import { restingTop } from '../../../src/renderer/composables/restingTop.ts'
import { randomFor } from '../../../src/shared/random.ts'

/** Frames of 300 ms until so many milliseconds before a scroll of five seconds ends, whose place at a share of its time is told. */
function samplesUntil(before: number, place: (share: number) => number, unevenness = 0) {
  const random = randomFor(1, 'sample')
  return Array.from({ length: 19 }, (_, i) => {
    const at = 5000 - before - (18 - i) * 16.7
    return { at: at + unevenness * random.uniform(), top: place(at / 5000) }
  })
}
const evenly = (share: number) => 500_000 * (1 - (1 - share) ** 2)

it('A scroll that slows down evenly, down or up, is known to come to rest where it does', () => {
  expect(restingTop(samplesUntil(250, evenly))).toBeCloseTo(500_000, 3)
  expect(restingTop(samplesUntil(250, (share) => 500_000 - evenly(share)))).toBeCloseTo(0, 3)
})

it('Frames that are some milliseconds late lead to the same screen', () => {
  for (const before of [200, 150, 100])
    expect(Math.abs(restingTop(samplesUntil(before, evenly, 4))! - 500_000)).toBeLessThan(450)
})

it('One that flies on, gets faster, has long to go or has hardly begun is not foretold', () => {
  expect(restingTop(samplesUntil(250, (share) => 500_000 * share))).toBeUndefined()
  expect(restingTop(samplesUntil(250, (share) => 500_000 * share ** 2))).toBeUndefined()
  expect(restingTop(samplesUntil(1500, evenly))).toBeUndefined()
  expect(restingTop(samplesUntil(250, evenly).slice(-5))).toBeUndefined()
  expect(restingTop(samplesUntil(250, () => 7))).toBeUndefined()
})
