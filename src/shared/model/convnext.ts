import { activate, averagePool, conv, linear, residual, sequence } from './layersOf.ts'
import type { Layer, LayerNorm, Network } from './spec.ts'

/**
 * ConvNeXt-Tiny (Liu et al. 2022), torchvision's: depthwise 7×7 convolutions, layer norm over the channels, and linear layers over
 * each place. torchvision turns the axes around those (`block.1`, `block.6`); here channels come last anyway.
 */
const widths = [96, 192, 384, 768]
const blocks = [3, 3, 9, 3]
const mostDrop = 0.1

const norm = (name: string, features: number): LayerNorm => ({ kind: 'layernorm', name, features, eps: 1e-6 })

function block(name: string, width: number, drop: number): Layer {
  const layers: Layer[] = [
    sequence('block', [
      conv('0', width, width, 7, { depthwise: true, bias: true }),
      norm('2', width),
      linear('3', width, 4 * width),
      activate('4', 'gelu'),
      linear('5', 4 * width, width),
    ]),
    { kind: 'layerscale', name: 'layer_scale', features: width, tensor: null, shape: 'map' },
  ]
  return residual(name, layers, [], drop)
}

export function convnextTiny(): Network {
  const count = blocks.reduce((a, b) => a + b)
  let number = 0
  const features = widths.flatMap((width, stage): Layer[] => {
    const before = widths[stage - 1]
    const narrower: Layer =
      before === undefined
        ? sequence('0', [conv('0', 3, width, 4, { stride: 4, padding: 0, bias: true }), norm('1', width)])
        : sequence(String(2 * stage), [
            norm('0', before),
            conv('1', before, width, 2, { stride: 2, padding: 0, bias: true }),
          ])
    const its = Array.from({ length: blocks[stage]! }, (_, i) => {
      const drop = (mostDrop * number) / (count - 1)
      number += 1
      return block(String(i), width, drop)
    })
    return [narrower, sequence(String(2 * stage + 1), its)]
  })
  const last = widths.at(-1)!
  return {
    name: 'convnext-tiny',
    title: 'ConvNeXt-Tiny',
    size: 224,
    classes: 1000,
    head: 'classifier.2',
    body: 'features',
    middle: [`features.${features.length - 1}`, 'classifier.0'],
    parts: [...features.map(({ name }) => `features.${name}`), 'classifier.0', 'classifier.2'],
    layers: [
      sequence('features', features, 'sees'),
      averagePool('avgpool'),
      sequence(
        'classifier',
        [norm('0', last), { kind: 'flatten', name: '1' }, linear('2', last, 1000)],
        'decides',
      ),
    ],
  }
}
