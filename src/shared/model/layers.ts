import { kindOf } from './kinds/index.ts'
import type { Shape } from './shape.ts'
import { isContainer, isGroup } from './spec.ts'
import type { Layer, Network } from './spec.ts'
import type { PlacedLayer } from './placed.ts'
import type { TensorSpec } from './tensor.ts'

export { sizeOf } from './shape.ts'
export type { Shape } from './shape.ts'
export type { TensorSpec } from './tensor.ts'
export type { PlacedLayer } from './placed.ts'

/** Joins a parent's full name and a child's own; nameless layers add nothing. */
const joined = (parent: string, name: string): string =>
  name && parent ? `${parent}.${name}` : name || parent

/** Under which name a container's layers stand: blocks are no modules, nameless ones neither. */
const insideOf = (layer: Layer, parent: string): string =>
  layer.kind === 'block' ? parent : joined(parent, layer.name)

function placeOne(layer: Layer, parent: string, input: Shape): PlacedLayer {
  const name = layer.name && joined(parent, layer.name)
  const inside = insideOf(layer, parent)
  const of = (layers: readonly Layer[]) => place(layers, inside, input)
  const lastOf = (list: readonly PlacedLayer[]) => list.at(-1)?.output ?? input
  if (isGroup(layer)) {
    const children = of(layer.layers)
    return { name, layer, input, output: lastOf(children), tensors: [], children, paths: [] }
  }
  if (layer.kind === 'paths') {
    const paths = layer.paths.map(of)
    return { name, layer, input, output: lastOf(paths[0]!), tensors: [], children: paths.flat(), paths }
  }
  const kind = kindOf(layer)
  const tensors = kind.tensors?.(layer, name) ?? []
  return { name, layer, input, output: kind.output(layer, input), tensors, children: [], paths: [] }
}

function place(layers: readonly Layer[], parent: string, input: Shape): PlacedLayer[] {
  let at = input
  return layers.map((layer) => {
    const placed = placeOne(layer, parent, at)
    at = placed.output
    return placed
  })
}

/**
 * The network's layers with names, shapes and tensors, nested as in the description.
 * @param side of the photos, pixels, where they are not of the size that the network was made for
 */
export function placeLayers(network: Network, side = network.size): PlacedLayer[] {
  return place(network.layers, '', [3, side, side])
}

/** The network as it is on photos of this side: what it takes of memory and time grows with them. */
export const onPhotosOf = (network: Network, side: number): Network => ({ ...network, size: side })

/** All layers that compute something, in the order they run; containers are left out. */
export function flatLayers(placed: readonly PlacedLayer[]): PlacedLayer[] {
  return placed.flatMap((it) => (isContainer(it.layer) ? flatLayers(it.children) : [it]))
}

/** Every tensor in state_dict order: a module's bare parameters come before what its layers hold. */
function inOrder(placed: readonly PlacedLayer[]): TensorSpec[] {
  const split = (list: readonly PlacedLayer[]): { bare: TensorSpec[]; held: TensorSpec[] } => {
    const parts = list.map((it) => {
      const inside = split(it.children)
      const isModule = it.name !== '' && it.layer.kind !== 'block'
      const held = isModule ? [...inside.bare, ...inside.held] : inside.held
      return {
        bare: [...it.tensors.filter(({ bare }) => bare), ...(isModule ? [] : inside.bare)],
        held: [...it.tensors.filter(({ bare }) => !bare), ...held],
      }
    })
    return { bare: parts.flatMap(({ bare }) => bare), held: parts.flatMap(({ held }) => held) }
  }
  const { bare, held } = split(placed)
  return [...bare, ...held]
}

/** Every tensor of the network in state_dict order. */
export function tensorsOfNetwork(network: Network): TensorSpec[] {
  return inOrder(placeLayers(network))
}

/** The network with its last linear layer made for another number of classes. */
export function withClasses(network: Network, classes: number): Network {
  const change = (layers: readonly Layer[], parent: string): Layer[] =>
    layers.map((layer) => {
      const inside = insideOf(layer, parent)
      if (isGroup(layer)) return { ...layer, layers: change(layer.layers, inside) }
      if (layer.kind === 'paths') return { ...layer, paths: layer.paths.map((path) => change(path, inside)) }
      return layer.kind === 'linear' && inside === network.head ? { ...layer, out: classes } : layer
    })
  return { ...network, classes, layers: change(network.layers, '') }
}
