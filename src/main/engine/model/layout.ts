import type { PlacedLayer } from '../../../shared/model/layers.ts'
import { isContainer } from '../../../shared/model/spec.ts'

/**
 * How a tensor lies in the engine, as against PyTorch: convolutions are turned from [out, in, height, width] to
 * [height, width, in, out], depthwise ones to [height, width, channels, 1]; everything else stays as it is. Linear layers
 * that follow a flattening stay too, since `flatten` puts the activations into PyTorch's order instead: turning a few numbers
 * a photo is cheaper than turning 100 million weights.
 */
export type Layout = 'as-is' | 'conv' | 'depthwise'

/** Full tensor name → layout, for the tensors that are turned. */
export function layoutsOf(
  placed: readonly PlacedLayer[],
  found = new Map<string, Layout>(),
): Map<string, Layout> {
  for (const { layer, tensors, children } of placed) {
    if (isContainer(layer)) layoutsOf(children, found)
    else if (layer.kind === 'conv') found.set(tensors[0]!.name, layer.groups === 1 ? 'conv' : 'depthwise')
  }
  return found
}

/** The engine's shape of a tensor that PyTorch has in `shape`. */
export function engineShape(shape: readonly number[], layout: Layout): number[] {
  if (layout === 'as-is') return [...shape]
  const [out, perGroup, height, width] = shape as [number, number, number, number]
  return layout === 'conv' ? [height, width, perGroup, out] : [height, width, out, 1]
}

/**
 * Copies values from PyTorch's layout into the engine's, or back; only order changes, never a bit.
 * @param shape PyTorch's shape
 */
export function turn(
  values: Float32Array,
  shape: readonly number[],
  layout: Layout,
  to: 'engine' | 'pytorch',
): Float32Array {
  if (layout === 'as-is') return values
  const [out, perGroup, height, width] = shape as [number, number, number, number]
  const area = height * width
  const turned = new Float32Array(values.length)
  // Seen from either side it is a transposition of [out · in] rows of `area` values: for depthwise filters in = 1.
  for (let o = 0; o < out; o += 1)
    for (let i = 0; i < perGroup; i += 1)
      for (let a = 0; a < area; a += 1) {
        const pytorch = (o * perGroup + i) * area + a
        const engine = layout === 'conv' ? (a * perGroup + i) * out + o : a * out + o
        if (to === 'engine') turned[engine] = values[pytorch]!
        else turned[pytorch] = values[engine]!
      }
  return turned
}
