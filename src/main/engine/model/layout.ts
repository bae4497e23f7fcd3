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

/** Which of PyTorch's axes each of the engine's axes is, for `transpose`; null where nothing is turned. */
export function toEngineAxes(layout: Layout): number[] | null {
  return { 'as-is': null, conv: [2, 3, 1, 0], depthwise: [2, 3, 0, 1] }[layout]
}

/** The way back. */
export function toPyTorchAxes(layout: Layout): number[] | null {
  return { 'as-is': null, conv: [3, 2, 0, 1], depthwise: [2, 3, 0, 1] }[layout]
}
