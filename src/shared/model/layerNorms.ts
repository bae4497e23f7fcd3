import type { ParameterNorms } from '../run.ts'
import type { Network } from './spec.ts'
import { planTreeOf } from './planTree.ts'
import { sumsOverTree } from './treeSums.ts'

/** L2 norms of a node's parameters together, and of the update as a share of the weights: null where these are all zero. */
export interface NodeNorms {
  gradient: number
  update: number
  weight: number
  relative: number | null
}

/** What a step did to each node of the tree that learns, by node id. */
export function nodeNorms(network: Network, parameters: readonly ParameterNorms[]): Map<string, NodeNorms> {
  const { root } = planTreeOf(network)
  const byName = new Map(parameters.map((it) => [it.name, it]))
  const squares = (what: 'gradient' | 'update' | 'weight') =>
    sumsOverTree(root, (name) => {
      const norms = byName.get(name)
      return norms && norms[what] ** 2
    })
  const [gradients, updates, weights] = [squares('gradient'), squares('update'), squares('weight')]
  return new Map(
    Array.from(updates, ([id, square]) => {
      const [update, weight] = [Math.sqrt(square), Math.sqrt(weights.get(id)!)]
      const relative = weight > 0 ? update / weight : null
      return [id, { gradient: Math.sqrt(gradients.get(id)!), update, weight, relative }]
    }),
  )
}
