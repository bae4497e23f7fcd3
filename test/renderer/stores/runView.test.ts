import { describe, expect, it } from 'vitest'
import { scoreOf } from '../../../src/shared/metrics.ts'
import type { RunEvent, RunEventOf } from '../../../src/shared/run.ts'
import {
  emptyRunView,
  foldEvents,
  growingGap,
  risesAgain,
  standsStill,
} from '../../../src/renderer/stores/runView.ts'

const epoch = (number: number, train: number | null, val: number): RunEvent => ({
  type: 'epoch',
  epoch: number,
  train: train === null ? null : scoreOf(1, train, 100),
  val: scoreOf(1, val, 100),
  confusion: { classes: 2, cells: [] },
  learningRates: [],
  seconds: 1,
  best: true,
})
const batch = (epochNumber: number, number: number): RunEvent => ({
  type: 'batch',
  epoch: epochNumber,
  batch: number,
  batches: 4,
  loss: 1,
  accuracy: 0.5,
  batchLoss: 0.9,
  photosPerSecond: 10,
  secondsLeft: 5,
  learningRates: [1e-3],
})
const norms = (epochNumber: number, number: number): RunEvent => ({
  type: 'norms',
  epoch: epochNumber,
  batch: number,
  parameters: [{ name: 'fc.weight', gradient: 1, update: 0.1, weight: 10 }],
})
const stopped: RunEvent = { type: 'stopped', epoch: 2, batch: 1, reason: 'asked' }

describe('the view of a run', () => {
  it('places batches between the epochs', () => {
    const { batches } = foldEvents(emptyRunView, [batch(1, 2), batch(2, 4)])
    expect(batches.map(({ at }) => at)).toEqual([0.5, 2])
  })

  it('places what was measured of a step with its batch, once where it was done again', () => {
    const events = [batch(1, 1), norms(1, 1), batch(1, 2), norms(1, 2), stopped, batch(1, 2), norms(1, 2)]
    const view = foldEvents(emptyRunView, events)
    expect(view.norms.map(({ at, epoch: number, batch: its }) => [at, number, its])).toEqual([
      [0.25, 1, 1],
      [0.5, 1, 2],
    ])
  })

  it('shows an epoch once that was done again after a resume', () => {
    const events = [
      epoch(0, null, 50),
      epoch(1, 60, 60),
      batch(2, 1),
      stopped,
      batch(2, 1),
      epoch(1, 60, 60),
      epoch(2, 70, 65),
    ]
    const view = foldEvents(emptyRunView, events)
    expect(view.epochs.map((it) => it.epoch)).toEqual([0, 1, 2])
    expect(view.batches.map(({ at }) => at)).toEqual([1.25])
    expect(view.seen).toBe(events.length)
  })

  it('is the same, however the events were cut into pieces', () => {
    const events = [epoch(0, null, 50), batch(1, 1), norms(1, 1), batch(1, 2), epoch(1, 60, 60), stopped]
    const whole = foldEvents(emptyRunView, events)
    expect(events.reduce((view, event) => foldEvents(view, [event]), emptyRunView)).toEqual(whole)
  })

  it('keeps a long run drawable', () => {
    const events = Array.from({ length: 5000 }, (_, at) => batch(1 + Math.floor(at / 4), 1 + (at % 4)))
    const { batches } = foldEvents(emptyRunView, events)
    expect(batches.length).toBeLessThanOrEqual(2000)
    expect(batches.at(-1)?.at).toBe(1250)
  })

  it('keeps half a million batches drawable, its beginning as finely as its end, piece by piece', () => {
    let view = emptyRunView
    for (let piece = 0; piece < 500; piece += 1) {
      const events = Array.from({ length: 1000 }, (_, i) => {
        const at = 1000 * piece + i
        return batch(1 + Math.floor(at / 4), 1 + (at % 4))
      })
      view = foldEvents(view, events)
    }
    expect(view.seen).toBe(500_000)
    expect(view.batches.length).toBeLessThanOrEqual(2000)
    expect(view.batches.length).toBeGreaterThan(900)
    const steps = view.batches.slice(1).map(({ number }, at) => number - view.batches[at]!.number)
    expect(new Set(steps)).toEqual(new Set([view.stride]))
  })

  it('goes on behind events that were left out', () => {
    const view = foldEvents(foldEvents(emptyRunView, [batch(1, 1)], 40), [batch(2, 1)])
    expect(view.seen).toBe(41)
  })
})

it('tells when training pulls ahead of validation, and only then', () => {
  const view = (...pairs: [number, number][]) =>
    foldEvents(
      emptyRunView,
      pairs.map(([train, val], at) => epoch(at + 1, train, val)),
    ).epochs
  expect(growingGap(view([80, 80], [85, 82], [95, 85]))).toEqual([expect.closeTo(0.03), expect.closeTo(0.1)])
  expect(growingGap(view([80, 80], [85, 82], [85, 85]))).toBeUndefined()
  expect(growingGap(view([85, 82], [95, 85]))).toBeUndefined()
  // One epoch in which it grew is none that grows.
  expect(growingGap(view([90, 80], [80, 80], [90, 85]))).toBeUndefined()
  // Of sixteen photos one is six points, and two are no more than chance.
  const few = view([100, 100], [100, 94], [100, 87.5]).map((it) => ({ ...it, val: { ...it.val, total: 16 } }))
  expect(growingGap(few)).toBeUndefined()
})

/** Epochs with these losses; null: before the training. */
const epochsOf = (...losses: [train: number | null, val: number][]) =>
  foldEvents(
    emptyRunView,
    losses.map(([train, val], at): RunEvent => {
      const it = epoch(at, train === null ? null : 50, 50) as RunEventOf<'epoch'>
      return {
        ...it,
        train: train === null ? null : scoreOf(100 * train, 50, 100),
        val: scoreOf(100 * val, 50, 100),
      }
    }),
  ).epochs

it('tells when validation’s loss has risen for three epochs while training’s fell, and since when', () => {
  const learnt: [number | null, number][] = [
    [null, 0.69],
    [0.6, 0.4],
    [0.2, 0.2],
  ]
  expect(risesAgain(epochsOf(...learnt, [0.1, 0.3], [0.05, 0.25], [0.02, 0.28]))).toEqual({
    ...{ epoch: 2, lowest: 0.2, now: expect.closeTo(0.28) },
  })
  expect(risesAgain(epochsOf(...learnt, [0.1, 0.3], [0.05, 0.3], [0.9, 0.3]))?.epoch).toBe(2)
  // It goes up and down; it has only just begun; it is hardly more; training goes back too; before the training there was less.
  expect(risesAgain(epochsOf(...learnt, [0.1, 0.3], [0.05, 0.21], [0.02, 0.28]))).toBeUndefined()
  expect(risesAgain(epochsOf(...learnt, [0.1, 0.3], [0.05, 0.3]))).toBeUndefined()
  expect(risesAgain(epochsOf(...learnt, [0.1, 0.21], [0.05, 0.21], [0.02, 0.21]))).toBeUndefined()
  expect(risesAgain(epochsOf(...learnt, [0.4, 0.3], [0.4, 0.3], [0.4, 0.3]))).toBeUndefined()
  expect(risesAgain([])).toBeUndefined()
})

it('tells when nothing has been learned in two epochs, and not while anything moves', () => {
  expect(standsStill(epochsOf([null, 0.693], [0.694, 0.692], [0.693, 0.692]))).toBe(true)
  expect(standsStill(epochsOf([null, 0.693], [0.694, 0.692]))).toBe(false)
  expect(standsStill(epochsOf([null, 0.693], [0.694, 0.692], [0.66, 0.692]))).toBe(false)
  expect(standsStill(epochsOf([null, 0.693], [0.694, 0.692], [0.693, 0.6]))).toBe(false)
  expect(standsStill([])).toBe(false)
})
