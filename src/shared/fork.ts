import type { RunConfig } from './config.ts'
import type { Plan } from './model/plan.ts'
import type { PlanName } from './model/registry.ts'

/**
 * Settings that a fork shares with the run it parts from: by these the weights until there came about, on them depends what an optimizer
 * remembers, and the place in the schedule and in the photos' order is counted in steps of the batch size.
 */
export const fixedAtFork = [
  'backbone',
  'weights',
  'preparation',
  'fit',
  'seed',
  'batch',
  'optimizer',
  'movingAverage',
  'precision',
  'threads',
] as const satisfies readonly (keyof RunConfig)[]

/** Settings that a person gives a fork in the window, besides its plan and how many epochs it has. */
export type ForkSettings = Pick<
  RunConfig,
  'schedule' | 'warmup' | 'augmentation' | 'weightDecay' | 'labelSmoothing'
>
export const forkSettings = [
  'schedule',
  'warmup',
  'augmentation',
  'weightDecay',
  'labelSmoothing',
] as const satisfies readonly (keyof ForkSettings)[]

/** What is otherwise from the fork on. */
export type ForkChanges = Partial<ForkSettings> & { plan?: PlanName | Plan; epochs: number }

/** Those of the settings that are not as they were. */
export function changedAtFork(before: ForkSettings, now: ForkSettings): Partial<ForkSettings> {
  const changed = forkSettings.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]))
  return Object.fromEntries(changed.map((key) => [key, now[key]]))
}
