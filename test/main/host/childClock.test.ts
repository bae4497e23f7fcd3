import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { waitedForProcessor, within } from '../../../src/main/host/childClock.ts'

const seconds = 1000

/** A process that never rests, on the first processor alone. */
function busy(): number {
  const child = spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child.pid!
}

test.runIf(process.platform === 'linux')(
  'What a process waits for a processor is told: three that never rest and share one',
  async () => {
    const [first] = [busy(), busy(), busy()]
    await sleep(1 * seconds)
    const before = waitedForProcessor(first)
    await sleep(2 * seconds)
    expect(waitedForProcessor(first) - before).toBeGreaterThan(0.6 * seconds)
  },
)

test('A process that is gone, or was never there, waited for nothing', () => {
  expect(waitedForProcessor(undefined)).toBe(0)
  expect(waitedForProcessor(2 ** 30)).toBe(0)
})

test('A start is over its time once the child has had it, not once it has passed', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let waited = 0
  const over = vi.fn()
  within(120 * seconds, () => waited, over)
  for (let second = 0; second < 200; second += 1) {
    waited += 0.5 * seconds
    vi.advanceTimersByTime(1 * seconds)
  }
  expect(over).not.toHaveBeenCalled()
  for (let second = 0; second < 60; second += 1) vi.advanceTimersByTime(1 * seconds)
  expect(over).toHaveBeenCalledOnce()
})

test('A start that has come to its end is not waited for any more', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const over = vi.fn()
  within(120 * seconds, () => 0, over)()
  vi.advanceTimersByTime(600 * seconds)
  expect(over).not.toHaveBeenCalled()
})
