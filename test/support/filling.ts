import type { Weights } from '../../src/main/engine/model/weights.ts'
import { isGroup } from '../../src/shared/model/spec.ts'
import type { Layer, Network } from '../../src/shared/model/spec.ts'
import { formula } from './golden.ts'

/** How a reference file's weights were made. */
export interface Filling {
  salt: number
  gain: number
  /** In words; says so where layer scale is not as the other vectors. */
  weights: string
}

/** Gives every tensor the values that the reference's `fill` gives it: tensor number i, all counted, has the salt i. */
export function fillByFormula(
  weights: Weights,
  { salt, gain, weights: how }: Filling,
  specs = weights.specs,
): void {
  specs.forEach(({ name, shape, dtype }, i) => {
    if (dtype === 'int64') return
    if (how.includes('Layer scale') && /(gamma|layer_scale)$/.test(name)) {
      weights.put(
        name,
        formula(shape, i + salt, 0.01).map((it) => 0.1 + it),
      )
      return
    }
    const matrix = shape.length > 1
    const fanIn = shape.slice(1).reduce((a, b) => a * b, 1)
    const values = formula(shape, i + salt, matrix ? gain * Math.sqrt(6 / fanIn) : 0.1)
    if (!matrix && /(running_var|weight)$/.test(name)) values.forEach((it, k) => (values[k] = 1 + it))
    weights.put(name, values)
  })
}

/** The network without dropout and stochastic depth, which draw other numbers here than in PyTorch. */
export function still(network: Network): Network {
  const change = (layers: readonly Layer[]): Layer[] =>
    layers.map((layer) => {
      if (isGroup(layer)) return { ...layer, layers: change(layer.layers) }
      if (layer.kind === 'paths') return { ...layer, drop: 0, paths: layer.paths.map(change) }
      return layer.kind === 'dropout' ? { ...layer, p: 0 } : layer
    })
  return { ...network, layers: change(network.layers) }
}
