/** A network between the weights that a run began with and those that it learnt, part by part. */
import { z } from 'zod'
import { requireNodes } from './plan.ts'
import { planTreeOf } from './planTree.ts'
import type { Network } from './spec.ts'
import { sumsOverTree } from './treeSums.ts'

/** Node id → how much of what it learnt is kept: 0 is the start, 1 what was learnt. Inherited downwards; 1 where nothing is said. */
export const Shares = z.record(z.string().max(200), z.number().min(0).max(1))
export type Shares = z.infer<typeof Shares>

/**
 * The share of each tensor, buffers included: a layer's running statistics go with the layer.
 * @throws ThawError plan.unknown-node
 */
export function shareOf(network: Network, shares: Shares): (tensor: string) => number {
  const { nodes, parents } = planTreeOf(network)
  requireNodes(network, Object.keys(shares))
  return (tensor) => {
    let id: string | undefined = nodes.has(tensor) ? tensor : tensor.slice(0, tensor.lastIndexOf('.'))
    for (; id !== undefined; id = parents.get(id)) {
      const share = shares[id]
      if (share !== undefined) return share
    }
    return 1
  }
}

/** L2 norms in float64: of what was added to a tensor since the start, and of the tensor then. */
export const TensorMovement = z.strictObject({ name: z.string(), moved: z.number(), start: z.number() })
export type TensorMovement = z.infer<typeof TensorMovement>

/** How far a node has moved: all parameters below it together. `relative` is null where it began as zero and moved. */
export interface NodeMovement {
  moved: number
  start: number
  relative: number | null
}

/** @returns by node id, for all nodes that hold parameters */
export function nodeMovement(
  network: Network,
  tensors: readonly TensorMovement[],
): Map<string, NodeMovement> {
  const { root } = planTreeOf(network)
  const byName = new Map(tensors.map((it) => [it.name, it]))
  const squares = (what: 'moved' | 'start') =>
    sumsOverTree(root, (name) => {
      const tensor = byName.get(name)
      return tensor && tensor[what] ** 2
    })
  const starts = squares('start')
  return new Map(
    Array.from(squares('moved'), ([id, square]) => {
      const [moved, start] = [Math.sqrt(square), Math.sqrt(starts.get(id)!)]
      return [id, { moved, start, relative: moved === 0 ? 0 : start > 0 ? moved / start : null }]
    }),
  )
}
