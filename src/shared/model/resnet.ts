import { activate, averagePool, batchNorm, conv, flatten, linear, residual, sequence } from './layersOf.ts'
import type { Layer, Network } from './spec.ts'

/**
 * ResNet (He et al. 2015), torchvision's: four stages of blocks whose input is added to what they make of it. `basic` blocks are
 * two 3×3 convolutions; `bottleneck` ones narrow, look, and widen again, with the stride in the 3×3 convolution (v1.5).
 */
interface Resnet {
  name: string
  title: string
  block: 'basic' | 'bottleneck'
  blocks: readonly number[]
}

const widths = [64, 128, 256, 512]
const expansions = { basic: 1, bottleneck: 4 }
const relu = activate('relu', 'relu')

/** conv1, bn1, relu, conv2, bn2, …: the last has no activation of its own. */
function body(kind: Resnet['block'], from: number, width: number, stride: number): Layer[] {
  if (kind === 'basic')
    return [
      conv('conv1', from, width, 3, { stride }),
      batchNorm('bn1', width),
      relu,
      conv('conv2', width, width, 3),
      batchNorm('bn2', width),
    ]
  return [
    conv('conv1', from, width, 1),
    batchNorm('bn1', width),
    relu,
    conv('conv2', width, width, 3, { stride }),
    batchNorm('bn2', width),
    activate('', 'relu'),
    conv('conv3', width, 4 * width, 1),
    batchNorm('bn3', 4 * width),
  ]
}

function block(kind: Resnet['block'], name: string, from: number, width: number, stride: number): Layer {
  const out = expansions[kind] * width
  const shortcut =
    stride === 1 && from === out
      ? []
      : [sequence('downsample', [conv('0', from, out, 1, { stride }), batchNorm('1', out)])]
  // The module's one ReLU, which is also used behind the sum.
  return sequence(name, [residual('', body(kind, from, width, stride), shortcut), activate('', 'relu')])
}

function resnet({ name, title, block: kind, blocks }: Resnet): Network {
  let channels = 64
  const stages = widths.map((width, stage) =>
    sequence(
      `layer${stage + 1}`,
      Array.from({ length: blocks[stage]! }, (_, i) => {
        const made = block(kind, String(i), channels, width, i === 0 && stage > 0 ? 2 : 1)
        channels = expansions[kind] * width
        return made
      }),
      'sees',
    ),
  )
  return {
    name,
    title,
    size: 224,
    classes: 1000,
    head: 'fc',
    body: '',
    middle: ['layer4'],
    parts: ['conv1', 'bn1', ...stages.map((stage) => stage.name), 'fc'],
    layers: [
      conv('conv1', 3, 64, 7, { stride: 2 }),
      batchNorm('bn1', 64),
      relu,
      { kind: 'maxpool', name: 'maxpool', kernel: 3, stride: 2, padding: 1 },
      ...stages,
      averagePool('avgpool'),
      flatten,
      linear('fc', channels, 1000),
    ],
  }
}

export const resnet18 = () =>
  resnet({ name: 'resnet18', title: 'ResNet18', block: 'basic', blocks: [2, 2, 2, 2] })
export const resnet34 = () =>
  resnet({ name: 'resnet34', title: 'ResNet34', block: 'basic', blocks: [3, 4, 6, 3] })
export const resnet50 = () =>
  resnet({ name: 'resnet50', title: 'ResNet50', block: 'bottleneck', blocks: [3, 4, 6, 3] })
