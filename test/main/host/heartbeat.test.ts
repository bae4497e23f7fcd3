import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { InnerClient } from '../../../src/main/host/child.ts'
import { watch } from '../../../src/main/host/heartbeat.ts'

beforeEach(() => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
})

const seconds = 1000

/** A child that answers as long as it is awake, and says with each answer how long it may be silent. */
function aChild(silence: number, waited = () => 0) {
  const listeners: ((data: { seconds: number }) => void)[] = []
  const child = {
    isAwake: true,
    pid: undefined,
    warn: (seconds: number) => listeners.forEach((listener) => listener({ seconds })),
    client: {
      call: () => (child.isAwake ? Promise.resolve({ silence }) : new Promise(() => undefined)),
      on: (_: string, listener: (data: { seconds: number }) => void) => {
        listeners.push(listener)
        return () => listeners.pop()
      },
    } as unknown as InnerClient,
  }
  const onHang = vi.fn()
  const { end } = watch(child, {
    ...({ part: 'trainer', onHang, waited } as const),
    ...{ interval: 2 * seconds, silence: 20 * seconds },
  })
  onTestFinished(end)
  return { child, onHang }
}

test('A child that answers is never thought hung', async () => {
  const { onHang } = aChild(0)
  await vi.advanceTimersByTimeAsync(3600 * seconds)
  expect(onHang).not.toHaveBeenCalled()
})

test('One that is silent for longer than it said is', async () => {
  const { child, onHang } = aChild(0)
  await vi.advanceTimersByTimeAsync(60 * seconds)
  child.isAwake = false
  await vi.advanceTimersByTimeAsync(18 * seconds)
  expect(onHang).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(8 * seconds)
  expect(onHang).toHaveBeenCalled()
})

test.each([
  ['with its last answer', 600, () => undefined],
  ['before it went silent', 0, (child: ReturnType<typeof aChild>['child']) => child.warn(600)],
])(
  'A trainer may be silent for as long as ten of its batches take, as it said %s',
  async (_, silence, say) => {
    const { child, onHang } = aChild(silence)
    await vi.advanceTimersByTimeAsync(10 * seconds)
    say(child)
    child.isAwake = false
    await vi.advanceTimersByTimeAsync(590 * seconds)
    expect(onHang).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(20 * seconds)
    expect(onHang).toHaveBeenCalled()
  },
)

test('A computer that slept is no silence of the child’s', async () => {
  const { child, onHang } = aChild(0)
  await vi.advanceTimersByTimeAsync(10 * seconds)
  child.isAwake = false
  await vi.advanceTimersByTimeAsync(4 * seconds)
  const now = performance.now()
  const clock = vi.spyOn(performance, 'now')
  // Eight hours pass between two ticks.
  clock.mockImplementation(() => now + 8 * 3600 * seconds)
  await vi.advanceTimersByTimeAsync(2 * seconds)
  clock.mockRestore()
  child.isAwake = true
  expect(onHang).not.toHaveBeenCalled()
})

test('A child that a busy machine has no processor for is not thought hung, until it has had its time', async () => {
  let waited = 0
  const { child, onHang } = aChild(0, () => waited)
  await vi.advanceTimersByTimeAsync(10 * seconds)
  child.isAwake = false
  // Nine tenths of the time others are at work.
  for (let tick = 0; tick < 90; tick += 1) {
    waited += 1.8 * seconds
    await vi.advanceTimersByTimeAsync(2 * seconds)
  }
  expect(onHang).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(10 * seconds)
  expect(onHang).toHaveBeenCalled()
})

test('Where nobody tells what a child waited for, silence counts less by what this process itself came too late', async () => {
  const { child, onHang } = aChild(0)
  await vi.advanceTimersByTimeAsync(10 * seconds)
  child.isAwake = false
  const now = performance.now.bind(performance)
  let late = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + late)
  onTestFinished(() => clock.mockRestore())
  // Each tick comes after six seconds in place of two: 54 s pass, of which the child had 18.
  for (let tick = 0; tick < 9; tick += 1) {
    late += 4 * seconds
    await vi.advanceTimersByTimeAsync(2 * seconds)
  }
  expect(onHang).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(6 * seconds)
  expect(onHang).toHaveBeenCalled()
})
