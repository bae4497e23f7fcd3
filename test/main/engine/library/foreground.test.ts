import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Foreground } from '../../../../src/main/engine/library/foreground.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function followed() {
  const foreground = new Foreground()
  const told: boolean[] = []
  const stop = foreground.follow((isBusy) => told.push(isBusy))
  return { foreground, told, stop }
}

test('Others are told once that a person waits, and that it is over only when nothing came after it', async () => {
  const { foreground, told } = followed()
  await foreground.during(async () => foreground.during(() => Promise.resolve()))
  expect(told).toEqual([true])
  vi.advanceTimersByTime(40)
  await foreground.during(() => Promise.resolve())
  vi.advanceTimersByTime(40)
  expect(foreground.isBusy).toBe(true)
  vi.advanceTimersByTime(40)
  expect(foreground.isBusy).toBe(false)
  expect(told).toEqual([true, false])
})

test('What fails is no longer waited for', async () => {
  const { foreground, told } = followed()
  await expect(foreground.during(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
  vi.advanceTimersByTime(100)
  expect(told).toEqual([true, false])
})

test('A picture that never comes holds nothing up for good, and is counted once when it ends after all', async () => {
  const { foreground, told } = followed()
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const never = foreground.during(() => promise)
  vi.advanceTimersByTime(4999)
  expect(told).toEqual([true])
  vi.advanceTimersByTime(100)
  expect(told).toEqual([true, false])
  void foreground.during(() => new Promise<void>(() => undefined))
  resolve(undefined)
  await never
  vi.advanceTimersByTime(1000)
  expect(foreground.isBusy).toBe(true)
  vi.advanceTimersByTime(5000)
  expect(told).toEqual([true, false, true, false])
})

test('Pictures that were expected and never asked for hold nothing up for long', () => {
  const { foreground, told } = followed()
  foreground.expect(400)
  vi.advanceTimersByTime(399)
  expect(told).toEqual([true])
  vi.advanceTimersByTime(100)
  expect(told).toEqual([true, false])
})

test('Who follows late is told at once, and who has stopped is told nothing', () => {
  const { foreground, told, stop } = followed()
  foreground.expect(400)
  const late: boolean[] = []
  foreground.follow((isBusy) => late.push(isBusy))
  stop()
  vi.advanceTimersByTime(1000)
  expect(late).toEqual([true, false])
  expect(told).toEqual([true])
})

test('Waiting until it is over ends with the signal too', async () => {
  const { foreground } = followed()
  const control = new AbortController()
  await foreground.over(control.signal)
  foreground.expect(400)
  let ended = 0
  const waiting = [foreground.over(control.signal), foreground.over(new AbortController().signal)]
  for (const one of waiting) void one.then(() => (ended += 1))
  await vi.advanceTimersByTimeAsync(100)
  expect(ended).toBe(0)
  control.abort()
  await vi.advanceTimersByTimeAsync(0)
  expect(ended).toBe(1)
  await vi.advanceTimersByTimeAsync(400)
  expect(ended).toBe(2)
})
