import type { PlacedLayer } from './layers.ts'
import { placeLayers, sizeOf } from './layers.ts'
import type { Shape } from './shape.ts'
import { isContainer } from './spec.ts'
import type { Network } from './spec.ts'

/** A layer as PyTorch's `print(net)` shows it, and more. */
export interface LayerRow {
  /** Empty where PyTorch has no module for it. */
  name: string
  kind: string
  options: Record<string, unknown>
  /** [channels, height, width] or [features], for one photo. */
  output: Shape
  /** The layer's own; what holds layers has none. */
  parameters: number
}

function rowOf({ name, layer, output, tensors }: PlacedLayer): LayerRow {
  const { kind } = layer
  if (isContainer(layer)) {
    const options = layer.kind === 'paths' ? { join: layer.join, drop: layer.drop } : {}
    return { name, kind, options, output, parameters: 0 }
  }
  const options = Object.fromEntries(
    Object.entries(layer).filter(([key]) => key !== 'kind' && key !== 'name'),
  )
  const own = tensors.filter(({ role }) => role === 'parameter')
  return { name, kind, options, output, parameters: own.reduce((sum, { shape }) => sum + sizeOf(shape), 0) }
}

/** Blocks only people see, and paths without a name have no module in PyTorch. */
const isModule = ({ name, layer }: PlacedLayer): boolean =>
  layer.kind !== 'block' && !(layer.kind === 'paths' && name === '')

const rowsOf = (placed: readonly PlacedLayer[]): LayerRow[] =>
  placed.flatMap((it) => [...(isModule(it) ? [rowOf(it)] : []), ...rowsOf(it.children)])

/** Layers and what holds them, as PyTorch nests them. It takes no weights. */
export const layerRows = (network: Network): LayerRow[] => rowsOf(placeLayers(network))
