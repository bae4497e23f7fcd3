import type { LearningRate } from './plan.ts'

/** Upper ends of the steps on the scale from cold to warm; faster rates than the last are the warmest. */
export const heatSteps = [1e-6, 1e-5, 1e-4, 5e-4, 1e-3, 1e-2] as const

export type Heat = 'frozen' | 1 | 2 | 3 | 4 | 5 | 6

/** Where a learning rate stands on the scale. */
export function heatOf(learningRate: LearningRate): Heat {
  if (learningRate === 'frozen') return 'frozen'
  // A hair of room, since 10 * 1e-5 is not quite 1e-4.
  const step = heatSteps.findIndex((end) => learningRate <= end * 1.0001)
  return (step < 0 ? heatSteps.length : step + 1) as Heat
}
