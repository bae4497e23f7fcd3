import { placeLayers, sizeOf } from './layers.ts'
import type { PlacedLayer, Shape } from './layers.ts'
import { isContainer } from './spec.ts'
import type { Layer, Network } from './spec.ts'

/**
 * The tree in which a person freezes and thaws: the network, its parts, its layers, and at the leaves its parameters. A plan's
 * rules name these nodes by id.
 */
export interface TreeNode {
  /** '' for the network, else the full PyTorch name; `features.0-4` for a block, which PyTorch has no module for. */
  id: string
  title: string
  kind: 'network' | Layer['kind'] | 'parameter'
  layer?: Layer
  output: Shape
  /** How many parameters (not buffers) it holds, all below included. */
  parameters: number
  /** Shape of a parameter, in PyTorch's layout. */
  shape?: readonly number[]
  children: readonly TreeNode[]
}

function nodeOf(placed: PlacedLayer): TreeNode {
  const { layer, name, output } = placed
  const own = placed.tensors
    .filter((tensor) => tensor.role === 'parameter')
    .map((tensor): TreeNode => ({
      id: tensor.name,
      title: tensor.name.slice(name.length + 1),
      kind: 'parameter',
      output,
      parameters: sizeOf(tensor.shape),
      shape: tensor.shape,
      children: [],
    }))
  const children = isContainer(layer) ? nodesOf(placed.children) : own
  return {
    id: name,
    title: layer.kind === 'block' ? layer.title : name,
    kind: layer.kind,
    layer,
    output,
    parameters: children.reduce((sum, child) => sum + child.parameters, 0),
    children,
  }
}

/** Layers without a name of their own cannot be spoken of, and hold nothing that could learn. */
const nodesOf = (placed: readonly PlacedLayer[]): TreeNode[] => placed.filter((it) => it.name).map(nodeOf)

export function treeOf(network: Network): TreeNode {
  const placed = placeLayers(network)
  const children = nodesOf(placed)
  return {
    id: '',
    title: network.title,
    kind: 'network',
    output: placed.at(-1)!.output,
    parameters: children.reduce((sum, child) => sum + child.parameters, 0),
    children,
  }
}

/** The node and all below it, parents first. */
export function* walk(node: TreeNode): Generator<TreeNode> {
  yield node
  for (const child of node.children) yield* walk(child)
}
