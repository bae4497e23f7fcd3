import { ThawError } from '../errors.ts'
import type { Preparation } from '../preparation.ts'
import { flatLayers, placeLayers } from './layers.ts'
import type { PlacedLayer } from './layers.ts'
import type { Network } from './spec.ts'

const innermost = (placed: readonly PlacedLayer[]): PlacedLayer[] =>
  flatLayers(placed).flatMap((it) => (it.layer.kind === 'paths' ? it.paths.flatMap(innermost) : [it]))

/** Whether a layer can compute what comes to it: places are as many as were learnt, and pooling takes whole windows. */
function computes({ layer, input }: PlacedLayer): boolean {
  if (layer.kind === 'position') return input[0] === 1 + layer.side ** 2
  if (layer.kind === 'avgpool') return input[1]! >= layer.size && input[1]! % layer.size === 0
  return true
}

/**
 * Convolutions take photos of many sizes; what counts places or pools in windows does not.
 * @throws ThawError preparation.size
 */
export function requirePhotoSize(network: Network, { crop }: Pick<Preparation, 'crop'>): void {
  if (crop === network.size || innermost(placeLayers(network, crop)).every(computes)) return
  throw new ThawError('preparation.size', { network: network.title, crop, size: network.size })
}
