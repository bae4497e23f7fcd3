import type { Network } from './spec.ts'
import { treeOf, walk } from './tree.ts'
import type { TreeNode } from './tree.ts'

/** The tree of a network with ways to find one's place in it. */
export interface PlanTree {
  root: TreeNode
  nodes: ReadonlyMap<string, TreeNode>
  /** Node id → id of the node above; the root has none. */
  parents: ReadonlyMap<string, string>
  /** Full names of the parameters, in the network's order. */
  parameters: readonly string[]
}

const known = new WeakMap<Network, PlanTree>()

/** Built once for a network object. */
export function planTreeOf(network: Network): PlanTree {
  const built = known.get(network)
  if (built) return built
  const root = treeOf(network)
  const nodes = new Map<string, TreeNode>()
  const parents = new Map<string, string>()
  const parameters: string[] = []
  for (const node of walk(root)) {
    nodes.set(node.id, node)
    for (const child of node.children) parents.set(child.id, node.id)
    if (node.kind === 'parameter') parameters.push(node.id)
  }
  const tree = { root, nodes, parents, parameters }
  known.set(network, tree)
  return tree
}

/** The parts that people freeze one by one, in the network's order. VGG16: Block 1–5, classifier.0, .3, .6. */
export function partsOf(network: Network): TreeNode[] {
  const { nodes } = planTreeOf(network)
  return network.parts.map((id) => {
    const node = nodes.get(id)
    if (!node) throw new Error(`${network.name} has no part ${id}`)
    return node
  })
}
