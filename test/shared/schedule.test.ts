import { describe, expect, it } from 'vitest'
import type { Schedule } from '../../src/shared/config.ts'
import { afterEpoch, freshPlateau, learningRateAt, momentumAt } from '../../src/shared/schedule.ts'
import reference from '../fixtures/schedules/reference.json' with { type: 'json' }

const base = 0.1
const at = (step: number, totalSteps: number, stepsPerEpoch = 1, warmup = 0, cuts = 0) => ({
  step,
  stepsPerEpoch,
  totalSteps,
  warmup,
  cuts,
})

/** Holds rates to PyTorch's, with epochs of `stepsPerEpoch` steps where the schedule counts epochs. */
function follows(schedule: Schedule, rates: readonly number[], stepsPerEpoch = 1): void {
  rates.forEach((rate, i) => {
    for (let step = i * stepsPerEpoch; step < (i + 1) * stepsPerEpoch; step += 1)
      expect(
        learningRateAt(schedule, base, at(step, rates.length * stepsPerEpoch, stepsPerEpoch)),
      ).toBeCloseTo(rate, 14)
  })
}

describe('a schedule gives PyTorch’s learning rates', () => {
  it('constant', () => {
    expect(learningRateAt({ kind: 'constant' }, base, at(7, 10))).toBe(base)
    expect(momentumAt({ kind: 'constant' }, at(7, 10))).toBeNull()
  })

  it('in steps, which are counted in epochs', () => {
    follows({ kind: 'step', every: 1, factor: 0.5 }, reference.step[0]!, 4)
    follows({ kind: 'step', every: 3, factor: 0.1 }, reference.step[1]!, 4)
  })

  it('exponential, by epochs', () => {
    follows({ kind: 'exponential', factor: 0.9 }, reference.exponential[0]!, 3)
    follows({ kind: 'exponential', factor: 0.5 }, reference.exponential[1]!)
  })

  it('cosine, by steps', () => {
    follows({ kind: 'cosine', floor: 0.001 }, reference.cosine[0]!)
    follows({ kind: 'cosine', floor: 0 }, reference.cosine[1]!)
    // A run without a step has a rate all the same.
    expect(learningRateAt({ kind: 'cosine', floor: 0 }, base, at(0, 0))).toBe(base)
  })

  it.each(Object.entries(reference.oneCycle))('one cycle of %s steps, with its momentum', (total, rows) => {
    rows.forEach(([rate, momentum], step) => {
      expect(learningRateAt({ kind: 'one-cycle' }, base, at(step, Number(total)))).toBeCloseTo(rate!, 12)
      expect(momentumAt({ kind: 'one-cycle' }, at(step, Number(total)))).toBeCloseTo(momentum!, 12)
    })
  })

  it.each(reference.plateau)(
    'a plateau that cuts by $factor after $patience, threshold $threshold',
    ({ base: own, losses, factor, patience, threshold, rates }) => {
      const schedule = { kind: 'plateau', factor, patience, threshold } as const
      let state = freshPlateau()
      rates.forEach((rate, epoch) => {
        expect(learningRateAt(schedule, own, at(epoch, 50, 1, 0, state.cuts)) / rate).toBeCloseTo(1, 9)
        if (epoch < losses.length) state = afterEpoch(schedule, state, losses[epoch]!)
      })
    },
  )
})

describe('a plateau', () => {
  const schedule = { kind: 'plateau', factor: 0.1, patience: 1, threshold: 0.1 } as const

  it('counts epochs that are no better by its threshold, and begins anew after a better one', () => {
    let state = freshPlateau()
    expect(state).toEqual({ best: Infinity, bad: 0, cuts: 0 })
    state = afterEpoch(schedule, state, 1)
    expect(state).toEqual({ best: 1, bad: 0, cuts: 0 })
    // 0.9 is better by a tenth, but not by more than that.
    state = afterEpoch(schedule, state, 0.9)
    expect(state).toEqual({ best: 1, bad: 1, cuts: 0 })
    state = afterEpoch(schedule, state, 0.89)
    expect(state).toEqual({ best: 0.89, bad: 0, cuts: 0 })
    state = afterEpoch(schedule, afterEpoch(schedule, state, 1), 1)
    expect(state).toEqual({ best: 0.89, bad: 0, cuts: 1 })
  })

  it('takes its threshold as a share of the best loss, however large that is', () => {
    const best = afterEpoch(schedule, freshPlateau(), 20)
    // A tenth of 20 is 2.
    expect(afterEpoch(schedule, best, 18.5)).toEqual({ best: 20, bad: 1, cuts: 0 })
    expect(afterEpoch(schedule, best, 17.9)).toEqual({ best: 17.9, bad: 0, cuts: 0 })
  })

  it('is kept by no other schedule', () => {
    const state = { best: 2, bad: 1, cuts: 0 }
    for (const kind of ['constant', 'one-cycle'] as const) expect(afterEpoch({ kind }, state, 3)).toBe(state)
  })

  it('makes no cut that would change the rate by 1e-8 or less', () => {
    const halving = { ...schedule, factor: 0.5 }
    const after = (own: number, cuts: number) => learningRateAt(halving, own, at(0, 9, 1, 0, cuts))
    expect(after(2 ** -20, 1)).toBe(2 ** -21)
    // 2e-8 would be cut by 1e-8, which PyTorch no longer does.
    expect(after(2e-8, 1)).toBe(2e-8)
    expect(after(2.0001e-8, 1)).toBe(1.00005e-8)
    expect(after(2.0001e-8, 2)).toBe(1.00005e-8)
  })
})

describe('warm-up', () => {
  it('rises evenly to the whole rate, whatever the schedule, and moves no momentum', () => {
    for (const schedule of [
      { kind: 'constant' },
      { kind: 'one-cycle' },
      { kind: 'cosine', floor: 0 },
    ] as Schedule[]) {
      expect([0, 1, 2, 3].map((step) => learningRateAt(schedule, base, at(step, 20, 5, 4)))).toEqual(
        [1, 2, 3, 4].map((part) => (base * part) / 4),
      )
      expect(momentumAt(schedule, at(3, 20, 5, 4))).toBeNull()
    }
  })

  it('is followed by the schedule over what is left, as if that were the whole', () => {
    for (let step = 0; step < 10; step += 1) {
      for (const schedule of [
        { kind: 'one-cycle' },
        { kind: 'cosine', floor: 0.01 },
        { kind: 'exponential', factor: 0.5 },
        { kind: 'step', every: 1, factor: 0.5 },
      ] as Schedule[])
        expect(learningRateAt(schedule, base, at(step + 4, 14, 2, 4))).toBe(
          learningRateAt(schedule, base, at(step, 10, 2)),
        )
      expect(momentumAt({ kind: 'one-cycle' }, at(step + 4, 14, 2, 4))).toBe(
        momentumAt({ kind: 'one-cycle' }, at(step, 10, 2)),
      )
    }
  })
})
