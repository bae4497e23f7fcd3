import { z } from 'zod'
import { ThawError } from '../errors.ts'
import type { Network } from './spec.ts'
import { treeOf, walk } from './tree.ts'
import type { TreeNode } from './tree.ts'
import { reasonOf } from '../settingIssues.ts'

/**
 * A plan says what learns: a rule for any node of the tree, inherited by all below it until one of them has a rule of its own.
 * The plan is the optimizer's groups; nothing else decides what is trained.
 */
export const LearningRate = z.union([z.literal('frozen'), z.number().positive().max(100)])
export type LearningRate = z.infer<typeof LearningRate>

/** What BatchNorm does with its running statistics where its scale and shift learn. */
export const Statistics = z.enum(['update', 'keep'])
export type Statistics = z.infer<typeof Statistics>

export const Rule = z.strictObject({
  learningRate: LearningRate.optional(),
  statistics: Statistics.optional(),
})
export type Rule = z.infer<typeof Rule>

/** Rules as the first plan files and runs have them. */
const FormerRule = z
  .strictObject({ rate: LearningRate, statistics: Statistics.optional() })
  .transform(({ rate, ...rest }): Rule => ({ learningRate: rate, ...rest }))

/** Node id → rule. A file may write a bare learning rate or "frozen" instead of an object. */
export const Plan = z.record(
  z.string(),
  z.union([LearningRate.transform((learningRate): Rule => ({ learningRate })), Rule, FormerRule]),
)
export type Plan = Record<string, Rule>

/** What holds at one node: its own rules, and what it inherits. */
export interface Resolved {
  node: TreeNode
  learningRate: LearningRate
  statistics: Statistics
  /** Where the learning rate was set: this node's id, or that of the nearest one above with a rule. */
  from: string
}

export interface Group {
  /** The nodes whose rules made the group, joined: "classifier.0 + classifier.3". */
  name: string
  nodes: string[]
  learningRate: number
  /** Full names of the parameters, in the network's order. */
  parameters: string[]
  /** How many numbers they hold. */
  count: number
}

export interface ResolvedPlan {
  nodes: Map<string, Resolved>
  /** One group a learning rate, in the network's order: what `torch.optim.SGD` would be given. */
  groups: Group[]
  /** Full name of a parameter → its learning rate; frozen ones are not in it. */
  learningRates: Map<string, number>
  /** Full names of the BatchNorm layers whose running statistics are updated. */
  updating: Set<string>
  /** How many parameters learn, and how many there are. */
  learns: number
  total: number
}

/** Up to three names that look like the wrong one, for "did you mean". */
function suggestionsFor(name: string, known: readonly string[]): string {
  const score = (candidate: string) => {
    let same = 0
    while (same < name.length && name[same] === candidate[same]) same += 1
    return same - Math.abs(candidate.length - name.length) / 100
  }
  return [...known]
    .sort((a, b) => score(b) - score(a))
    .slice(0, 3)
    .join(', ')
}

/** @throws ThawError plan.unknown-node, naming all nodes that do not exist */
export function requireNodes(network: Network, ids: readonly string[]): void {
  const known = [...walk(treeOf(network))].map((node) => node.id)
  const strangers = ids.filter((id) => !known.includes(id))
  if (strangers.length > 0)
    throw new ThawError('plan.unknown-node', {
      network: network.name,
      nodes: strangers.map((id) => `“${id}”`).join(', '),
      suggestions: suggestionsFor(strangers[0]!, known.filter(Boolean)),
    })
}

/**
 * What holds at every node, by id, parents first. Without any rule everything is frozen.
 * @throws ThawError plan.unknown-node, naming all nodes that do not exist
 */
export function resolveNodes(network: Network, plan: Plan): Map<string, Resolved> {
  const tree = treeOf(network)
  requireNodes(network, Object.keys(plan))

  const nodes = new Map<string, Resolved>()
  const visit = (node: TreeNode, above: Omit<Resolved, 'node'>): void => {
    const rule = plan[node.id]
    const here: Resolved = {
      node,
      learningRate: rule?.learningRate ?? above.learningRate,
      statistics: rule?.statistics ?? above.statistics,
      from: rule?.learningRate === undefined ? above.from : node.id,
    }
    nodes.set(node.id, here)
    for (const child of node.children) visit(child, here)
  }
  visit(tree, { learningRate: 'frozen', statistics: 'update', from: '' })
  return nodes
}

/**
 * Works the plan out for every node of the network.
 * @throws ThawError plan.unknown-node, see resolveNodes; plan.nothing-learns
 */
export function resolvePlan(network: Network, plan: Plan): ResolvedPlan {
  const nodes = resolveNodes(network, plan)

  const groups = new Map<number, Group>()
  const learningRates = new Map<string, number>()
  for (const { node, learningRate, from } of nodes.values()) {
    if (node.kind !== 'parameter' || learningRate === 'frozen') continue
    learningRates.set(node.id, learningRate)
    const group = groups.get(learningRate) ?? { name: '', nodes: [], learningRate, parameters: [], count: 0 }
    if (!group.nodes.includes(from)) group.nodes.push(from)
    group.parameters.push(node.id)
    group.count += node.parameters
    groups.set(learningRate, group)
  }
  for (const group of groups.values()) group.name = group.nodes.map((id) => id || network.name).join(' + ')
  if (learningRates.size === 0) throw new ThawError('plan.nothing-learns', { head: network.head })

  const updating = new Set<string>()
  for (const { node, statistics } of nodes.values())
    if (
      node.kind === 'batchnorm' &&
      statistics === 'update' &&
      node.children.some((child) => learningRates.has(child.id))
    )
      updating.add(node.id)

  const ordered = [...groups.values()]
  return {
    nodes,
    groups: ordered,
    learningRates,
    updating,
    learns: ordered.reduce((sum, group) => sum + group.count, 0),
    total: nodes.get('')!.node.parameters,
  }
}

/** Reads a plan from parsed JSON. @throws ThawError plan.invalid */
export function parsePlan(value: unknown): Plan {
  const parsed = Plan.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ThawError('plan.invalid', reasonOf(parsed.error))
}
