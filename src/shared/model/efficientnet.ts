import {
  averagePool,
  batchNorm,
  conv,
  convNormActivation,
  flatten,
  linear,
  residual,
  sequence,
  squeezeExcite,
} from './layersOf.ts'
import type { Activation, Conv, Layer, Network } from './spec.ts'

/**
 * EfficientNet-B0 (Tan and Le 2019), torchvision's: MobileNet's blocks with squeeze-and-excite and SiLU, and stochastic depth that
 * grows towards the end.
 */

/** Expansion, kernel, stride of the first, width, blocks. */
const stages = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const
const stem = 32
const last = 1280
const mostDrop = 0.2

const part = (name: string, layer: Conv, activation: Activation | null = 'silu'): Layer =>
  convNormActivation(name, { layer, norm: batchNorm('1', layer.out), activation })

interface Block {
  from: number
  out: number
  expand: number
  kernel: number
  stride: number
  drop: number
}

function block(name: string, { from, out, expand, kernel, stride, drop }: Block): Layer {
  const inside = from * expand
  const wide = expand === 1 ? [] : [part('0', conv('0', from, inside, 1))]
  const at = wide.length
  const layers: Layer[] = [
    sequence('block', [
      ...wide,
      part(String(at), conv('0', inside, inside, kernel, { stride, depthwise: true })),
      squeezeExcite(String(at + 1), inside, Math.max(1, Math.floor(from / 4)), {
        inner: 'silu',
        outer: 'sigmoid',
      }),
      part(String(at + 2), conv('0', inside, out, 1), null),
    ]),
  ]
  return stride === 1 && from === out ? residual(name, layers, [], drop) : sequence(name, layers)
}

export function efficientnetB0(): Network {
  const count = stages.reduce((sum, [, , , , blocks]) => sum + blocks, 0)
  let channels = stem
  let number = 0
  const body = stages.map(([expand, kernel, stride, out, blocks], stage) =>
    sequence(
      String(stage + 1),
      Array.from({ length: blocks }, (_, i) => {
        const drop = (mostDrop * number) / count
        const made = block(String(i), {
          from: channels,
          out,
          expand,
          kernel,
          stride: i === 0 ? stride : 1,
          drop,
        })
        channels = out
        number += 1
        return made
      }),
    ),
  )
  const features: Layer[] = [
    part('0', conv('0', 3, stem, 3, { stride: 2 })),
    ...body,
    part(String(body.length + 1), conv('0', channels, last, 1)),
  ]
  return {
    name: 'efficientnet-b0',
    title: 'EfficientNet-B0',
    size: 224,
    classes: 1000,
    head: 'classifier.1',
    body: 'features',
    middle: [`features.${body.length + 1}`],
    parts: [...features.map(({ name }) => `features.${name}`), 'classifier.1'],
    layers: [
      sequence('features', features, 'sees'),
      averagePool('avgpool'),
      flatten,
      sequence('classifier', [{ kind: 'dropout', name: '0', p: 0.2 }, linear('1', last, 1000)], 'decides'),
    ],
  }
}
