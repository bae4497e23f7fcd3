/**
 * A network's chain of layers written as a graph of another program's operators. What a chain is made of is the same for every
 * format and stands here; a format says what each kind of layer is in its operators.
 */
import type { PlacedLayer } from '../../../shared/model/layers.ts'
import type { Shape } from '../../../shared/model/shape.ts'
import type { Activate, Activation, Layer, LayerOf } from '../../../shared/model/spec.ts'
import { isActivation } from '../../../shared/model/spec.ts'

/** Adds one layer that takes the output called `input`. @returns the name of the layer's own output */
export type Emit<At, L extends Layer> = (at: At, layer: L, placed: PlacedLayer, input: string) => string

/** Kinds that hold other layers or, outside training, are their input: no format has an operator for them. */
type Structure = 'sequence' | 'block' | 'paths' | 'dropout'

type Single = Exclude<Layer['kind'], Structure | Activation>

/** What a format says: an operator for each kind that computes. `At` is where it is written to. */
export type Operators<At> = {
  readonly [K in Single]: Emit<At, LayerOf<K>>
} & {
  readonly activate: Emit<At, Activate>
  /** The sum of two outputs of one shape. */
  readonly add: (at: At, a: string, b: string) => string
  /** A path's output times factors of `shape`: a map of its own shape, or a row with a number for each channel. */
  readonly scale: (at: At, value: string, factors: string, shape: Shape) => string
}

/** Adds layers one after the other to `at`. @returns the name of what the last one gives; `input` where there is none */
export type EmitLayers<At> = (at: At, layers: readonly PlacedLayer[], input: string) => string

export function emitWith<At>(operators: Operators<At>): EmitLayers<At> {
  const { add, scale, activate, ...single } = operators

  /** An empty path is its input. Stochastic depth is off outside training. */
  const paths: Emit<At, LayerOf<'paths'>> = (at, { join }, placed, input) => {
    const [first, ...others] = placed.paths.map((path) => chain(at, path, input)) as [string, ...string[]]
    return others.reduce((joined, other, index) => {
      if (join === 'add') return add(at, joined, other)
      const shape = placed.paths[index + 1]!.at(-1)?.output ?? placed.input
      return scale(at, joined, other, shape)
    }, first)
  }

  const inside: Emit<At, LayerOf<'sequence' | 'block'>> = (at, _, { children }, input) =>
    chain(at, children, input)

  const emitters: { readonly [K in Exclude<Layer['kind'], Activation>]: Emit<At, LayerOf<K>> } = {
    ...single,
    dropout: (_, __, ___, input) => input,
    paths,
    sequence: inside,
    block: inside,
  }

  const chain: EmitLayers<At> = (at, layers, input) =>
    layers.reduce((name, placed) => {
      const { layer } = placed
      const emit = isActivation(layer) ? activate : emitters[layer.kind]
      return (emit as Emit<At, Layer>)(at, layer, placed, name)
    }, input)
  return chain
}
