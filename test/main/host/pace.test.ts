import { expect, test } from 'vitest'
import { Pace } from '../../../src/main/host/jobs/pace.ts'

test('Even work is told to the second', () => {
  const pace = new Pace()
  const told = Array.from({ length: 100 }, (_, i) => pace.secondsLeft({ done: i, total: 200 }, i * 100))
  expect(told[0]).toBeNull()
  expect(told[99]).toBeCloseTo(10.1, 5)
})

test('Work that tells of itself in bursts takes no longer for that', () => {
  const pace = new Pace()
  let told: number | null = null
  // Eight photos a second, all at its end.
  for (let second = 1; second <= 30; second += 1)
    for (let photo = 1; photo <= 8; photo += 1)
      told = pace.secondsLeft({ done: 8 * (second - 1) + photo, total: 480 }, second * 1000 + photo)
  expect(told).toBeGreaterThan(25)
  expect(told).toBeLessThan(35)
})

test('What became slower takes longer, once the past is past', () => {
  const pace = new Pace()
  let done = 0
  for (let at = 0; at < 30_000; at += 100) pace.secondsLeft({ done: (done += 1), total: 1000 }, at)
  let told: number | null = null
  for (let at = 30_000; at < 60_000; at += 1000)
    told = pace.secondsLeft({ done: (done += 1), total: 1000 }, at)
  expect(told).toBeCloseTo(1000 - done, 0)
})

test('Work that tells of itself seldom forgets its past too', () => {
  const pace = new Pace()
  let [done, at] = [0, 0]
  let told: number | null = null
  const go = (seconds: number, photos: number) => {
    for (let second = 0; second < seconds; second += 1)
      told = pace.secondsLeft({ done: (done += photos), total: 1000 }, (at += 1000))
  }
  go(30, 10)
  expect(told).toBeCloseTo(70, 6)
  go(30, 1)
  expect(told).toBeCloseTo(1000 - done, 6)
})

test('Another piece of work, or one that begins again, is measured anew', () => {
  const pace = new Pace()
  for (let i = 0; i <= 20; i += 1) pace.secondsLeft({ done: i, total: 100 }, i * 100)
  expect(pace.secondsLeft({ done: 0, total: 50 }, 2100)).toBeNull()
  for (let i = 0; i <= 20; i += 1) pace.secondsLeft({ done: i, total: 50 }, 2200 + i * 100)
  expect(pace.secondsLeft({ done: 5, total: 50 }, 4400)).toBeNull()
})
