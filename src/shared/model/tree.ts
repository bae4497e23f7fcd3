import { placeLayers, sizeOf } from './layers.ts'
import type { PlacedLayer } from './layers.ts'
import type { Shape } from './shape.ts'
import { isContainer } from './spec.ts'
import type { Layer, Network } from './spec.ts'
import type { TensorSpec } from './tensor.ts'

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

function parameterNode({ output }: PlacedLayer, { name, shape }: TensorSpec, title: string): TreeNode {
  return { id: name, title, kind: 'parameter', output, parameters: sizeOf(shape), shape, children: [] }
}

function nodeOf(placed: PlacedLayer): TreeNode {
  const { layer, name, output } = placed
  const own = placed.tensors.filter((tensor) => tensor.role === 'parameter')
  // A layer that is nothing but its parameter ("cls_token") is one node.
  const only = own.find((tensor) => tensor.name === name)
  if (only) return parameterNode(placed, only, name)
  const children = isContainer(layer)
    ? nodesOf(placed.children)
    : own.map((tensor) => parameterNode(placed, tensor, tensor.name.slice(name.length + 1)))
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

/**
 * Layers without a name of their own cannot be spoken of, and hold nothing that could learn; what containers without one hold
 * stands in their place.
 */
const nodesOf = (placed: readonly PlacedLayer[]): TreeNode[] =>
  placed.flatMap((it) => (it.name ? [nodeOf(it)] : nodesOf(it.children)))

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
