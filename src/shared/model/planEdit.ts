import { resolveNodes } from './plan.ts'
import type { Plan, LearningRate, Rule, Statistics } from './plan.ts'
import { planTreeOf } from './planTree.ts'
import { architectureOf, namedPlan } from './registry.ts'
import type { Network } from './spec.ts'
import { walk } from './tree.ts'
import type { TreeNode } from './tree.ts'

/**
 * What a person does to a plan, as pure functions: each gives a new plan and leaves the old one as it was. Rules that say what
 * would be inherited anyway are left out, so that two ways to the same plan give the same rules.
 */

function withRule(plan: Plan, id: string, patch: { [K in keyof Rule]: Rule[K] | undefined }): Plan {
  const rule = Object.fromEntries(
    Object.entries({ ...plan[id], ...patch }).filter(([, value]) => value !== undefined),
  ) as Rule
  const others = Object.entries(plan).filter(([at]) => at !== id)
  return Object.fromEntries(Object.keys(rule).length > 0 ? [...others, [id, rule]] : others)
}

/** Without the rules that only repeat what is inherited. */
export function simplify(network: Network, plan: Plan): Plan {
  let simple: Plan = plan
  const visit = (node: TreeNode, above: { learningRate: LearningRate; statistics: Statistics }): void => {
    const rule = plan[node.id]
    if (rule?.learningRate === above.learningRate)
      simple = withRule(simple, node.id, { learningRate: undefined })
    if (rule?.statistics === above.statistics) simple = withRule(simple, node.id, { statistics: undefined })
    const here = {
      learningRate: rule?.learningRate ?? above.learningRate,
      statistics: rule?.statistics ?? above.statistics,
    }
    for (const child of node.children) visit(child, here)
  }
  visit(planTreeOf(network).root, { learningRate: 'frozen', statistics: 'update' })
  return simple
}

/** Sets the rate of a node; what is set below it stays. */
export function setRate(network: Network, plan: Plan, id: string, learningRate: LearningRate): Plan {
  return simplify(network, withRule(plan, id, { learningRate }))
}

/** Sets the rate of a node and of all below it, whatever was set there. */
export function setRateOfAll(network: Network, plan: Plan, id: string, learningRate: LearningRate): Plan {
  let cleared = plan
  for (const node of walk(planTreeOf(network).nodes.get(id)!))
    cleared = withRule(cleared, node.id, { learningRate: undefined })
  return simplify(network, withRule(cleared, id, { learningRate }))
}

/** Takes the node's own rate away: it inherits again. */
export function inheritRate(network: Network, plan: Plan, id: string): Plan {
  return simplify(network, withRule(plan, id, { learningRate: undefined }))
}

/** Sets what BatchNorm at and below a node does with its statistics. */
export function setStatistics(network: Network, plan: Plan, id: string, statistics: Statistics): Plan {
  return simplify(network, withRule(plan, id, { statistics }))
}

/** The rate that a node gets when it is thawed and nothing else is known: that of the recipe. */
function thawRate(network: Network, id: string): number {
  const { learningRate } = resolveNodes(network, namedPlan(network, 'recipe')).get(id)!
  return learningRate === 'frozen' ? architectureOf(network.name).headRate : learningRate
}

/** Frozen or mixed becomes learning, all of it; learning becomes frozen. A thawed node learns at the rate above it, if one does. */
export function toggleFrozen(network: Network, plan: Plan, id: string): Plan {
  if (freezeStates(network, plan).get(id)?.state === 'learns')
    return setRateOfAll(network, plan, id, 'frozen')
  const above = planTreeOf(network).parents.get(id)
  const inherited = above === undefined ? 'frozen' : resolveNodes(network, plan).get(above)!.learningRate
  const own = plan[id]?.learningRate
  const learningRate =
    own !== undefined && own !== 'frozen' ? own : inherited === 'frozen' ? thawRate(network, id) : inherited
  return setRateOfAll(network, plan, id, learningRate)
}

/** A rate written as it would be typed: two digits, no floating-point dust. */
const tidy = (learningRate: number): number => Number(learningRate.toPrecision(2))

/** A product without floating-point dust, and with all digits that a person gave. */
const undusted = (learningRate: number): number => Number(learningRate.toPrecision(9))

/** Multiplies the rate of a learning node and all rates set below it. */
export function scaleRates(network: Network, plan: Plan, id: string, factor: number): Plan {
  if (factor === 1) return plan
  const nodes = resolveNodes(network, plan)
  const inside = [...walk(planTreeOf(network).nodes.get(id)!)].map((node) => node.id)
  let scaled = plan
  for (const at of inside) {
    const learningRate = at === id ? nodes.get(at)!.learningRate : plan[at]?.learningRate
    if (learningRate !== undefined && learningRate !== 'frozen')
      scaled = withRule(scaled, at, { learningRate: Math.min(100, undusted(learningRate * factor)) })
  }
  return simplify(network, scaled)
}

/** Freezes the node and everything that comes before it in the network; nodes that go on behind it stay as they are. */
export function freezeUpTo(network: Network, plan: Plan, id: string): Plan {
  const { root, nodes, parameters } = planTreeOf(network)
  const order = new Map(parameters.map((name, index) => [name, index]))
  const spanOf = (node: TreeNode): [first: number, last: number] | undefined => {
    const own = [...walk(node)].flatMap((it) => order.get(it.id) ?? [])
    return own.length > 0 ? [own[0]!, own.at(-1)!] : undefined
  }
  const end = spanOf(nodes.get(id)!)?.[1]
  if (end === undefined) return plan
  let frozen = plan
  const visit = (node: TreeNode): void => {
    const span = spanOf(node)
    if (!span || span[0] > end) return
    if (span[1] <= end) frozen = setRateOfAll(network, frozen, node.id, 'frozen')
    else for (const child of node.children) visit(child)
  }
  visit(root)
  return frozen
}

/**
 * Gives the parts that learn rates that grow evenly (by a constant factor) from `low` for the first to `high` for the last.
 * `parts` are in the network's order, see partsOf.
 */
export function spreadRates(
  network: Network,
  plan: Plan,
  parts: readonly TreeNode[],
  { low, high }: { low: number; high: number },
): Plan {
  const states = freezeStates(network, plan)
  const learning = parts.filter((part) => states.get(part.id)?.state !== 'frozen')
  let spread = plan
  for (const [index, part] of learning.entries()) {
    const share = learning.length > 1 ? index / (learning.length - 1) : 1
    spread = setRateOfAll(network, spread, part.id, tidy(low * (high / low) ** share))
  }
  return spread
}

export interface FreezeState {
  /** Of the parameters at and below the node. */
  state: 'frozen' | 'learns' | 'mixed'
  /** The highest rate among them. */
  fastest: LearningRate
}

/** What a tri-state box shows at each node that holds parameters. */
export function freezeStates(network: Network, plan: Plan): Map<string, FreezeState> {
  const resolved = resolveNodes(network, plan)
  const states = new Map<string, FreezeState>()
  const visit = (node: TreeNode): FreezeState | undefined => {
    const below = node.children.map(visit).filter((state) => state !== undefined)
    const state = node.kind === 'parameter' ? stateOf(resolved.get(node.id)!.learningRate) : merged(below)
    if (state) states.set(node.id, state)
    return state
  }
  visit(planTreeOf(network).root)
  return states
}

const stateOf = (learningRate: LearningRate): FreezeState => ({
  state: learningRate === 'frozen' ? 'frozen' : 'learns',
  fastest: learningRate,
})

function merged(states: readonly FreezeState[]): FreezeState | undefined {
  const [first] = states
  if (!first) return undefined
  const learningRates = states.flatMap(({ fastest }) => (fastest === 'frozen' ? [] : [fastest]))
  return {
    state: states.every(({ state }) => state === first.state) ? first.state : 'mixed',
    fastest: learningRates.length > 0 ? Math.max(...learningRates) : 'frozen',
  }
}

/** Whether a plan lets no parameter learn: no run can be trained so. */
export const learnsNothing = (network: Network, plan: Plan): boolean =>
  freezeStates(network, plan).get('')?.state === 'frozen'

/** At how many nodes two plans say something else. */
export function countChanges(network: Network, from: Plan, to: Plan): number {
  const [a, b] = [simplify(network, from), simplify(network, to)]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (id) => a[id]?.learningRate !== b[id]?.learningRate || a[id]?.statistics !== b[id]?.statistics,
  ).length
}

/**
 * The nodes whose id or title fits one of the patterns, which are parted by commas; `*` stands for anything ("features.*, *.bias").
 * A pattern without `*` is looked for anywhere in the name. No pattern fits nothing.
 */
export function matchNodes(network: Network, patterns: string): TreeNode[] {
  const tests = patterns
    .split(',')
    .map((pattern) => pattern.trim())
    .filter(Boolean)
    .map((pattern) => {
      const escaped = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      return new RegExp(pattern.includes('*') ? `^${escaped.join('.*')}$` : escaped.join(''), 'i')
    })
  return [...planTreeOf(network).nodes.values()].filter(
    (node) => node.parameters > 0 && tests.some((test) => test.test(node.id) || test.test(node.title)),
  )
}
