import { expect, it } from 'vitest'
import { RateLimit } from '../../../src/main/serve/rateLimit.ts'

function aLimit() {
  const clock = { now: 1000 }
  const limit = new RateLimit(() => clock.now)
  /** How many of so many requests at once are let through. */
  const passed = (requests: number) =>
    Array.from({ length: requests }, () => limit.take()).filter((it) => it === 0)
  return { clock, limit, through: (requests: number) => passed(requests).length }
}

it('sixty requests may come at once, and twenty more each second', () => {
  const { clock, limit, through } = aLimit()
  expect(through(100)).toBe(60)
  expect(limit.take()).toBeCloseTo(0.05, 9)
  clock.now += 1000
  expect(through(100)).toBe(20)
  clock.now += 25
  // Half of one has come back.
  expect(limit.take()).toBeCloseTo(0.025, 9)
  clock.now += 25
  expect(limit.take()).toBe(0)
})

it('what nobody asks for is not saved up', () => {
  const { clock, through } = aLimit()
  clock.now += 3_600_000
  expect(through(100)).toBe(60)
  clock.now += 3_600_000
  expect(through(100)).toBe(60)
})

it('it is that of the machine’s clock unless another is given', () => {
  const limit = new RateLimit()
  expect(Array.from({ length: 60 }, () => limit.take())).toEqual(Array(60).fill(0))
})
