import {
  activate,
  averagePool,
  batchNorm,
  conv as anyConv,
  flatten,
  linear,
  residual,
  roundedWidth,
  sequence,
} from './layersOf.ts'
import type { Conv, Layer, Network } from './spec.ts'

/**
 * EfficientNet-Lite (Google 2020): EfficientNet without squeeze-and-excite and with ReLU6, so that it runs well everywhere.
 * Names and TensorFlow's "same" padding as in timm's tf_efficientnet_lite*, width, depth and size scaled as there.
 */

/** One stage: blocks of this kind, repeated. The first block of a stage takes the stride. */
interface Stage {
  repeat: number
  kernel: number
  stride: number
  /** How many times wider the block is inside than at its ends. */
  expand: number
  out: number
}

const stages: Stage[] = [
  { repeat: 1, kernel: 3, stride: 1, expand: 1, out: 16 },
  { repeat: 2, kernel: 3, stride: 2, expand: 6, out: 24 },
  { repeat: 2, kernel: 5, stride: 2, expand: 6, out: 40 },
  { repeat: 3, kernel: 3, stride: 2, expand: 6, out: 80 },
  { repeat: 3, kernel: 5, stride: 1, expand: 6, out: 112 },
  { repeat: 4, kernel: 5, stride: 2, expand: 6, out: 192 },
  { repeat: 1, kernel: 3, stride: 1, expand: 6, out: 320 },
]
const stem = 32
const last = 1280

const conv = (name: string, from: number, out: number, kernel: number, stride = 1, depthwise = false): Conv =>
  anyConv(name, from, out, kernel, { stride, depthwise, padding: kernel === 1 ? 0 : 'same' })
const norm = (name: string, features: number): Layer => batchNorm(name, features, 1e-3)
const relu6 = activate('', 'relu6')

function block(name: string, from: number, stage: Stage, out: number, stride: number): Layer {
  const inside = from * stage.expand
  const depthwise = (bn: string): Layer[] => [
    conv('conv_dw', inside, inside, stage.kernel, stride, true),
    norm(bn, inside),
    relu6,
  ]
  const layers: Layer[] =
    stage.expand === 1
      ? [...depthwise('bn1'), conv('conv_pw', from, out, 1), norm('bn2', out)]
      : [
          conv('conv_pw', from, inside, 1),
          norm('bn1', inside),
          relu6,
          ...depthwise('bn2'),
          conv('conv_pwl', inside, out, 1),
          norm('bn3', out),
        ]
  return stride === 1 && from === out ? residual(name, layers) : sequence(name, layers)
}

function efficientnetLite(variant: number, width: number, depth: number, size: number): Network {
  let channels = stem
  const body = stages.map((stage, index): Layer => {
    const out = roundedWidth(stage.out * width)
    // The first and the last stage are not repeated more often in the larger variants (fix_first_last).
    const fixed = index === 0 || index === stages.length - 1
    const repeat = fixed ? stage.repeat : Math.ceil(stage.repeat * depth)
    const layers = Array.from({ length: repeat }, (_, i) => {
      const made = block(String(i), channels, stage, out, i === 0 ? stage.stride : 1)
      channels = out
      return made
    })
    return sequence(String(index), layers)
  })
  return {
    name: `efficientnet-lite${variant}`,
    title: `EfficientNet-Lite${variant}`,
    size,
    classes: 1000,
    head: 'classifier',
    body: '',
    middle: ['conv_head', 'bn2'],
    parts: [
      'conv_stem',
      'bn1',
      ...body.map(({ name }) => `blocks.${name}`),
      'conv_head',
      'bn2',
      'classifier',
    ],
    layers: [
      conv('conv_stem', 3, stem, 3, 2),
      norm('bn1', stem),
      relu6,
      sequence('blocks', body, 'sees'),
      conv('conv_head', channels, last, 1),
      norm('bn2', last),
      relu6,
      averagePool('global_pool'),
      flatten,
      linear('classifier', last, 1000),
    ],
  }
}

export const efficientnetLite0 = () => efficientnetLite(0, 1, 1, 224)
export const efficientnetLite1 = () => efficientnetLite(1, 1, 1.1, 240)
export const efficientnetLite2 = () => efficientnetLite(2, 1.1, 1.2, 260)
