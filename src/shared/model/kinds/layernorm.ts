import type { LayerNorm } from '../spec.ts'
import { tensor } from '../tensor.ts'
import type { Kind } from './kind.ts'

export const layernorm: Kind<LayerNorm> = {
  output: (_, input) => input,
  tensors: ({ features }, name) => [tensor(`${name}.weight`, [features]), tensor(`${name}.bias`, [features])],
  keeps: () => ({ input: true }),
}
