import type { LayerScale } from '../spec.ts'
import { tensor } from '../tensor.ts'
import { learnsIn } from './kind.ts'
import type { Kind } from './kind.ts'

export const layerscale: Kind<LayerScale> = {
  output: (_, input) => input,
  tensors: (layer, name) => [
    tensor(
      layer.tensor === null ? name : `${name}.${layer.tensor}`,
      layer.shape === 'map' ? [layer.features, 1, 1] : [layer.features],
      { layout: 'vector', bare: layer.tensor === null },
    ),
  ],
  keeps: (step, plan) => ({ input: learnsIn(step, plan) }),
}
