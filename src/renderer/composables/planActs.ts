import * as planEdit from '../../shared/model/planEdit.ts'
import type { Plan, Statistics } from '../../shared/model/plan.ts'
import { partsOf } from '../../shared/model/planTree.ts'
import type { Network } from '../../shared/model/spec.ts'

/** Makes a change of a plan, where it is one. */
export type EditPlan = (change: (network: Network, plan: Plan) => Plan) => void

/** Rates from a hundredth in the first part to that of the last one. */
function spread(network: Network, plan: Plan): Plan {
  const fastest = planEdit.freezeStates(network, plan).get('')!.fastest
  const high = fastest === 'frozen' ? 1e-3 : fastest
  return planEdit.spreadRates(network, plan, partsOf(network), { low: high / 100, high })
}

/** What a person does to layers in the tree, and to the selected one in the inspector (`inspector`: its events). */
export function planActs(edit: EditPlan, selected: () => string) {
  return {
    toggle: (id: string) => edit((network, plan) => planEdit.toggleFrozen(network, plan, id)),
    setRate: (id: string, rate: number) => edit((network, plan) => planEdit.setRate(network, plan, id, rate)),
    inspector: {
      rate: (rate: number) => edit((network, plan) => planEdit.setRate(network, plan, selected(), rate)),
      inherit: () => edit((network, plan) => planEdit.inheritRate(network, plan, selected())),
      scale: (factor: number) =>
        edit((network, plan) => planEdit.scaleRates(network, plan, selected(), factor)),
      freezeUpTo: () => edit((network, plan) => planEdit.freezeUpTo(network, plan, selected())),
      spread: () => edit(spread),
      statistics: (statistics: Statistics) =>
        edit((network, plan) => planEdit.setStatistics(network, plan, selected(), statistics)),
    },
  }
}
