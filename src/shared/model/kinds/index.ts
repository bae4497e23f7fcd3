import type { Layer, LayerOf } from '../spec.ts'
import { activation } from './activation.ts'
import { attention } from './attention.ts'
import { avgpool } from './avgpool.ts'
import { batchnorm } from './batchnorm.ts'
import { classtoken } from './classtoken.ts'
import { conv } from './conv.ts'
import { dropout } from './dropout.ts'
import { flatten } from './flatten.ts'
import type { Kind } from './kind.ts'
import { layernorm } from './layernorm.ts'
import { layerscale } from './layerscale.ts'
import { linear } from './linear.ts'
import { maxpool } from './maxpool.ts'
import { paths } from './paths.ts'
import { position } from './position.ts'
import { takeclass } from './takeclass.ts'
import { tokens } from './tokens.ts'

type Computing = Exclude<Layer['kind'], 'sequence' | 'block'>

const kinds: { readonly [K in Computing]: Kind<LayerOf<K>> } = {
  conv,
  linear,
  batchnorm,
  layernorm,
  layerscale,
  relu: activation,
  relu6: activation,
  sigmoid: activation,
  hardsigmoid: activation,
  hardswish: activation,
  silu: activation,
  gelu: activation,
  maxpool,
  avgpool,
  flatten,
  dropout,
  tokens,
  classtoken,
  position,
  attention,
  takeclass,
  paths,
}

/** What is known of a layer's kind. */
export const kindOf = (layer: Exclude<Layer, { kind: 'sequence' | 'block' }>): Kind =>
  kinds[layer.kind] as Kind
