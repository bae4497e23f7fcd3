import { isContainer } from './spec.ts'
import type { Container, Layer, Network } from './spec.ts'

/** What a layer hands on, for one photo: channels, height, width; or one row of numbers. */
export type Shape = readonly [number, number, number] | readonly [number]

/** A tensor of a network: a parameter, which can learn, or a buffer, which BatchNorm keeps. */
export interface TensorSpec {
  /** Full name as in PyTorch's state_dict: `features.0.weight`. */
  name: string
  /** PyTorch's layout: [out, in, height, width], [out, in] or [features]. */
  shape: readonly number[]
  dtype: 'float32' | 'int64'
  role: 'parameter' | 'buffer'
}

/** A layer at its place in the network. */
export interface PlacedLayer {
  /** Full name; empty where PyTorch has no module for it. */
  name: string
  layer: Layer
  input: Shape
  output: Shape
  /** The layer's own tensors, in PyTorch's order; containers have none of their own. */
  tensors: readonly TensorSpec[]
  children: readonly PlacedLayer[]
}

/** Joins a parent's full name and a child's own; blocks and nameless layers add nothing. */
const joined = (parent: string, name: string): string =>
  name && parent ? `${parent}.${name}` : name || parent

function windowed(size: number, kernel: number, stride: number, padding: number | 'same'): number {
  if (padding === 'same') return Math.ceil(size / stride)
  return Math.floor((size + 2 * padding - kernel) / stride) + 1
}

function outputOf(layer: Exclude<Layer, Container>, input: Shape): Shape {
  const [channels, height, width] = input as readonly [number, number, number]
  switch (layer.kind) {
    case 'conv': {
      const side = (size: number) => windowed(size, layer.kernel, layer.stride, layer.padding)
      return [layer.out, side(height), side(width)]
    }
    case 'maxpool': {
      const side = (size: number) => windowed(size, layer.kernel, layer.stride, 0)
      return [channels, side(height), side(width)]
    }
    case 'avgpool':
      return [channels, layer.size, layer.size]
    case 'flatten':
      return [input.reduce((a, b) => a * b, 1)]
    case 'linear':
      return [layer.out]
    case 'batchnorm':
    case 'relu':
    case 'relu6':
    case 'dropout':
      return input
  }
}

function tensorsOf(layer: Layer, name: string): TensorSpec[] {
  const tensor = (
    part: string,
    shape: number[],
    role: TensorSpec['role'] = 'parameter',
    dtype: TensorSpec['dtype'] = 'float32',
  ): TensorSpec => ({ name: `${name}.${part}`, shape, role, dtype })
  switch (layer.kind) {
    case 'conv':
      return [
        tensor('weight', [layer.out, layer.in / layer.groups, layer.kernel, layer.kernel]),
        ...(layer.bias ? [tensor('bias', [layer.out])] : []),
      ]
    case 'linear':
      return [tensor('weight', [layer.out, layer.in]), tensor('bias', [layer.out])]
    case 'batchnorm':
      return [
        tensor('weight', [layer.features]),
        tensor('bias', [layer.features]),
        tensor('running_mean', [layer.features], 'buffer'),
        tensor('running_var', [layer.features], 'buffer'),
        tensor('num_batches_tracked', [], 'buffer', 'int64'),
      ]
    default:
      return []
  }
}

function place(layers: readonly Layer[], parent: string, input: Shape): PlacedLayer[] {
  let at = input
  return layers.map((layer) => {
    const name =
      layer.kind === 'block' ? joined(parent, layer.name) : layer.name && joined(parent, layer.name)
    const children = isContainer(layer) ? place(layer.layers, layer.kind === 'block' ? parent : name, at) : []
    const output = isContainer(layer) ? (children.at(-1)?.output ?? at) : outputOf(layer, at)
    const placed = { name, layer, input: at, output, tensors: tensorsOf(layer, name), children }
    at = output
    return placed
  })
}

/** The network's layers with names, shapes and tensors, nested as in the description. */
export function placeLayers(network: Network): PlacedLayer[] {
  return place(network.layers, '', [3, network.size, network.size])
}

/** All layers that compute something, in the order they run; containers are left out. */
export function flatLayers(placed: readonly PlacedLayer[]): PlacedLayer[] {
  return placed.flatMap((it) => (isContainer(it.layer) ? flatLayers(it.children) : [it]))
}

/** Every tensor of the network in state_dict order. */
export function tensorsOfNetwork(network: Network): TensorSpec[] {
  return flatLayers(placeLayers(network)).flatMap((it) => it.tensors)
}

/** How many numbers a tensor of this shape holds. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** The network with its last linear layer made for another number of classes. */
export function withClasses(network: Network, classes: number): Network {
  const change = (layers: readonly Layer[], parent: string): Layer[] =>
    layers.map((layer) => {
      const name = joined(parent, layer.name)
      if (isContainer(layer))
        return { ...layer, layers: change(layer.layers, layer.kind === 'block' ? parent : name) }
      return layer.kind === 'linear' && name === network.head ? { ...layer, out: classes } : layer
    })
  return { ...network, classes, layers: change(network.layers, '') }
}
