import { expect, it } from 'vitest'
import { requireSense } from '../../../../src/main/engine/training/requireStart.ts'
import type { RunSettings } from '../../../../src/shared/config.ts'
import { RunConfig } from '../../../../src/shared/config.ts'

it.each<[RunSettings, string]>([
  [{ classWeights: [1] }, 'weights-per-class'],
  [{ classWeights: [0, 0] }, 'weights-all-zero'],
  [{ nesterov: true, momentum: 0 }, 'nesterov-without-momentum'],
  [{ optimizer: 'adam', betas: [1, 0.999] }, 'beta-of-one'],
  [{ optimizer: 'adamw', betas: [0.9, 1] }, 'beta-of-one'],
])('%j makes no sense for two classes', (settings, reason) => {
  expect(() => {
    requireSense(RunConfig.parse(settings), 2)
  }).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      parameters: expect.objectContaining({ reason }) as unknown,
    }),
  )
})

it.each<RunSettings>([
  {},
  { classWeights: [0, 1] },
  { optimizer: 'adam', nesterov: true, momentum: 0 },
  { betas: [1, 1] },
  { optimizer: 'rmsprop', betas: [1, 1], momentum: 0 },
])('%j does', (settings) => {
  expect(() => {
    requireSense(RunConfig.parse(settings), 2)
  }).not.toThrow()
})
