import { expect, it } from 'vitest'
import { afterEpoch, freshPlateau, momentumAt, learningRateAt } from '../../src/shared/schedule.ts'
import { describeGolden, readGolden } from '../support/golden.ts'

describeGolden('schedules against PyTorch', () => {
  it('every schedule gives PyTorch’s rates', () => {
    const traces =
      readGolden<Record<string, { rates: (number | [number, number])[]; metric?: number[] }>>(
        'schedules.json',
      )
    const at = (step: number, total: number, perEpoch: number, cuts = 0) => ({
      step,
      stepsPerEpoch: perEpoch,
      totalSteps: total,
      warmup: 0,
      cuts,
    })
    traces['step']!.rates.forEach((rate, e) =>
      expect(learningRateAt({ kind: 'step', every: 3, factor: 0.5 }, 0.1, at(e, 12, 1))).toBeCloseTo(
        rate as number,
        12,
      ),
    )
    traces['exponential']!.rates.forEach((rate, e) =>
      expect(learningRateAt({ kind: 'exponential', factor: 0.9 }, 0.1, at(e, 12, 1))).toBeCloseTo(
        rate as number,
        12,
      ),
    )
    traces['cosine']!.rates.forEach((rate, s) =>
      expect(learningRateAt({ kind: 'cosine', floor: 0.001 }, 0.1, at(s, 20, 20))).toBeCloseTo(
        rate as number,
        12,
      ),
    )
    traces['one-cycle']!.rates.forEach((row, s) => {
      const [rate, momentum] = row as [number, number]
      expect(learningRateAt({ kind: 'one-cycle' }, 0.1, at(s, 25, 25))).toBeCloseTo(rate, 12)
      expect(momentumAt({ kind: 'one-cycle' }, at(s, 25, 25))).toBeCloseTo(momentum, 12)
    })
    const plateau = { kind: 'plateau', factor: 0.1, patience: 2, threshold: 1e-4 } as const
    let state = freshPlateau()
    traces['plateau']!.rates.forEach((rate, e) => {
      expect(learningRateAt(plateau, 0.1, at(e, 12, 1, state.cuts))).toBeCloseTo(rate as number, 12)
      state = afterEpoch(plateau, state, traces['plateau']!.metric![e]!)
    })
  })
})
