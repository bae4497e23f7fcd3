import type { PlanChoice } from '../config.ts'
import type { Plan } from './plan.ts'
import { countChanges } from './planEdit.ts'
import { partsOf } from './planTree.ts'
import { architectureOf, namedPlan, planNames } from './registry.ts'
import type { PlanName } from './registry.ts'
import type { Network } from './spec.ts'

export const presetNames = ['quick', 'recipe', 'careful', 'everything'] as const
export type PresetName = (typeof presetNames)[number]

/** A plan, and from which epoch on it holds. */
export interface PlanStage {
  epoch: number
  plan: Plan
}

const namedPlans: Readonly<Record<Exclude<PresetName, 'careful'>, PlanName>> = {
  quick: 'head-only',
  recipe: 'recipe',
  everything: 'everything',
}

/** The rates that parts below the head wake up with: low, so that they lose little of what they know. */
const wakingRates = { middle: 1e-4, body: 1e-5 }

/**
 * Gradual unfreezing (after Howard & Ruder 2018): the head alone, then from epoch to epoch one part more, from the last to the
 * middle of the body. The first half stays frozen: edges and textures serve any photo.
 */
function carefulStages(network: Network): PlanStage[] {
  const { headRate } = architectureOf(network.name)
  const { middle } = network
  const body = partsOf(network).filter(({ id }) => id !== network.head && !middle.includes(id))
  const waking: Plan[] = [
    Object.fromEntries(middle.map((id) => [id, { learningRate: wakingRates.middle }])),
    ...body
      .slice(Math.ceil(body.length / 2))
      .reverse()
      .map(({ id }) => ({ [id]: { learningRate: wakingRates.body } })),
  ].filter((rules) => Object.keys(rules).length > 0)

  const stages: PlanStage[] = [{ epoch: 1, plan: { [network.head]: { learningRate: headRate } } }]
  for (const rules of waking) {
    const last = stages.at(-1)!
    stages.push({ epoch: last.epoch + 1, plan: { ...last.plan, ...rules } })
  }
  return stages
}

/** The plans one click away: one stage, or several where the network thaws step by step. */
export const presetStages = (network: Network, name: PresetName): PlanStage[] =>
  name === 'careful' ? carefulStages(network) : [{ epoch: 1, plan: namedPlan(network, namedPlans[name]) }]

/** The plan by its name where it is one of the named ones, so that a run is spoken of by it; else written out. */
export const planChoiceOf = (network: Network, plan: Plan): PlanChoice =>
  planNames.find((name) => countChanges(network, namedPlan(network, name), plan) === 0) ?? plan
