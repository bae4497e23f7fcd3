import type { RunConfig } from './config.ts'
import type { Plan } from './model/plan.ts'
import { namedPlan } from './model/registry.ts'
import type { Network } from './model/spec.ts'

/** The plan that holds in an epoch: gradual unfreezing changes it. */
export function planFor(config: Pick<RunConfig, 'plan' | 'thaw'>, network: Network, epoch: number): Plan {
  const change = config.thaw.filter((it) => it.epoch <= epoch).toSorted((a, b) => b.epoch - a.epoch)[0]
  const choice = change?.plan ?? config.plan
  return typeof choice === 'string' ? namedPlan(network, choice) : choice
}
