import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { throttled } from '../../src/shared/throttle.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('The first item goes at once, of those that follow the latest after the interval', () => {
  const sent: number[] = []
  const { push } = throttled<number>((item) => sent.push(item))
  push(1)
  push(2)
  push(3)
  expect(sent).toEqual([1])
  vi.advanceTimersByTime(100)
  expect(sent).toEqual([1, 3])
  vi.advanceTimersByTime(1000)
  push(4)
  expect(sent).toEqual([1, 3, 4])
})

test('Items can be merged instead, flushed early, and forgotten', () => {
  const sent: number[][] = []
  const sender = throttled<number[]>(
    (item) => sent.push(item),
    (waiting, next) => [...waiting, ...next],
  )
  sender.push([1])
  sender.push([2])
  sender.push([3])
  sender.flush()
  expect(sent).toEqual([[1], [2, 3]])
  sender.push([4])
  sender.stop()
  vi.advanceTimersByTime(1000)
  expect(sent).toEqual([[1], [2, 3]])
})
