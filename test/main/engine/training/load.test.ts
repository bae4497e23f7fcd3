import { performance } from 'node:perf_hooks'
import { afterEach, expect, it, vi } from 'vitest'
import { Load } from '../../../../src/main/engine/training/load.ts'

afterEach(() => vi.restoreAllMocks())

it('Busy cores are the processor’s time since it was asked last, by the time that passed', () => {
  let [clock, user] = [10_000, 0]
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  vi.spyOn(process, 'cpuUsage').mockImplementation((before) => ({
    user: user - (before?.user ?? 0),
    system: 0,
  }))
  const load = new Load()
  const after = (milliseconds: number, busy: number) => {
    clock += milliseconds
    user += busy * milliseconds * 1000
    return load.read().cores
  }
  expect(after(500, 2)).toBeCloseTo(2)
  expect(after(1000, 0.5)).toBeCloseTo(0.5)
  expect(after(0, 1)).toBe(0)
})
