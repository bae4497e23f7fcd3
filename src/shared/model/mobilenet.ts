import {
  activate,
  averagePool,
  batchNorm,
  conv,
  convNormActivation,
  flatten,
  linear,
  residual,
  roundedWidth,
  sequence,
  squeezeExcite,
} from './layersOf.ts'
import type { Activation, Layer, Network } from './spec.ts'

/**
 * MobileNetV2 (Sandler et al. 2018) and V3 (Howard et al. 2019), torchvision's. Their blocks are narrow at the ends, wide inside,
 * and look with a depthwise convolution; V3's also weigh their channels by squeeze-and-excite.
 */

const dropout = (name: string, p: number): Layer => ({ kind: 'dropout', name, p })

/** V2's stages: expansion, width, blocks, stride of the first. */
const second = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const

function secondBlock(name: string, from: number, out: number, expand: number, stride: number): Layer {
  const inside = from * expand
  const part = (index: number, layer: Parameters<typeof convNormActivation>[1]['layer']) =>
    convNormActivation(String(index), { layer, norm: batchNorm('1', layer.out), activation: 'relu6' })
  const wide = expand === 1 ? [] : [conv('0', from, inside, 1)]
  const parts = [...wide, conv('0', inside, inside, 3, { stride, depthwise: true })]
  const layers: Layer[] = [
    sequence('conv', [
      ...parts.map((layer, i) => part(i, layer)),
      conv(String(parts.length), inside, out, 1),
      batchNorm(String(parts.length + 1), out),
    ]),
  ]
  return stride === 1 && from === out ? residual(name, layers) : sequence(name, layers)
}

export function mobilenetV2(): Network {
  let channels = 32
  const last = 1280
  const features: Layer[] = [
    convNormActivation('0', {
      layer: conv('0', 3, channels, 3, { stride: 2 }),
      norm: batchNorm('1', channels),
      activation: 'relu6',
    }),
  ]
  for (const [expand, out, repeat, stride] of second) {
    for (let i = 0; i < repeat; i += 1) {
      features.push(secondBlock(String(features.length), channels, out, expand, i === 0 ? stride : 1))
      channels = out
    }
  }
  const head = String(features.length)
  features.push(
    convNormActivation(head, {
      layer: conv('0', channels, last, 1),
      norm: batchNorm('1', last),
      activation: 'relu6',
    }),
  )
  return {
    name: 'mobilenet-v2',
    title: 'MobileNetV2',
    size: 224,
    classes: 1000,
    head: 'classifier.1',
    body: 'features',
    middle: [`features.${head}`],
    parts: [...features.map(({ name }) => `features.${name}`), 'classifier.1'],
    layers: [
      sequence('features', features, 'sees'),
      averagePool(''),
      flatten,
      sequence('classifier', [dropout('0', 0.2), linear('1', last, 1000)], 'decides'),
    ],
  }
}

/** V3 large's blocks: kernel, width inside, width, squeeze-and-excite, activation, stride. */
const third: readonly (readonly [number, number, number, boolean, Activation, number])[] = [
  [3, 16, 16, false, 'relu', 1],
  [3, 64, 24, false, 'relu', 2],
  [3, 72, 24, false, 'relu', 1],
  [5, 72, 40, true, 'relu', 2],
  [5, 120, 40, true, 'relu', 1],
  [5, 120, 40, true, 'relu', 1],
  [3, 240, 80, false, 'hardswish', 2],
  [3, 200, 80, false, 'hardswish', 1],
  [3, 184, 80, false, 'hardswish', 1],
  [3, 184, 80, false, 'hardswish', 1],
  [3, 480, 112, true, 'hardswish', 1],
  [3, 672, 112, true, 'hardswish', 1],
  [5, 672, 160, true, 'hardswish', 2],
  [5, 960, 160, true, 'hardswish', 1],
  [5, 960, 160, true, 'hardswish', 1],
]

/** torchvision's V3 normalises with an eps of .001 and moves its statistics by a hundredth. */
const thirdNorm = (features: number) => batchNorm('1', features, 1e-3, 0.01)

function thirdBlock(
  name: string,
  from: number,
  [kernel, inside, out, excite, activation, stride]: (typeof third)[number],
): Layer {
  const parts: Layer[] = []
  const add = (layer: ReturnType<typeof conv>, its: Activation | null) =>
    parts.push(
      convNormActivation(String(parts.length), { layer, norm: thirdNorm(layer.out), activation: its }),
    )
  if (inside !== from) add(conv('0', from, inside, 1), activation)
  add(conv('0', inside, inside, kernel, { stride, depthwise: true }), activation)
  if (excite)
    parts.push(
      squeezeExcite(String(parts.length), inside, roundedWidth(inside / 4), {
        inner: 'relu',
        outer: 'hardsigmoid',
      }),
    )
  add(conv('0', inside, out, 1), null)
  const layers = [sequence('block', parts)]
  return stride === 1 && from === out ? residual(name, layers) : sequence(name, layers)
}

export function mobilenetV3Large(): Network {
  let channels = 16
  const features: Layer[] = [
    convNormActivation('0', {
      layer: conv('0', 3, channels, 3, { stride: 2 }),
      norm: thirdNorm(channels),
      activation: 'hardswish',
    }),
  ]
  for (const block of third) {
    features.push(thirdBlock(String(features.length), channels, block))
    channels = block[2]
  }
  const last = 6 * channels
  const head = String(features.length)
  features.push(
    convNormActivation(head, {
      layer: conv('0', channels, last, 1),
      norm: thirdNorm(last),
      activation: 'hardswish',
    }),
  )
  return {
    name: 'mobilenet-v3-large',
    title: 'MobileNetV3 Large',
    size: 224,
    classes: 1000,
    head: 'classifier.3',
    body: 'features',
    middle: [`features.${head}`, 'classifier.0'],
    parts: [...features.map(({ name }) => `features.${name}`), 'classifier.0', 'classifier.3'],
    layers: [
      sequence('features', features, 'sees'),
      averagePool('avgpool'),
      flatten,
      sequence(
        'classifier',
        [linear('0', last, 1280), activate('1', 'hardswish'), dropout('2', 0.2), linear('3', 1280, 1000)],
        'decides',
      ),
    ],
  }
}
