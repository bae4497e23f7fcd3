import { expect, it } from 'vitest'
import { learningRateAt } from '../../src/shared/schedule.ts'

const plateau = { kind: 'plateau', factor: 0.1, patience: 2, threshold: 1e-4 } as const
const after = (cuts: number) =>
  learningRateAt(plateau, 1e-4, { step: 0, stepsPerEpoch: 1, totalSteps: 100, warmup: 0, cuts })

it('A plateau cuts the rate until a cut would change it by less than 1e-8, as PyTorch does', () => {
  expect(after(0)).toBe(1e-4)
  expect(after(3)).toBeCloseTo(1e-7, 12)
  expect(after(4)).toBeCloseTo(1e-8, 12)
  // 1e-8 − 1e-9 is less than 1e-8.
  expect(after(5)).toBe(after(4))
  expect(after(50)).toBe(after(4))
})
