import type { Block, Layer, Network } from './spec.ts'

/**
 * VGG (Simonyan & Zisserman 2014) as torchvision has it: numbers are the channels of a 3 × 3 convolution with its ReLU, 'M' is
 * a 2 × 2 max pooling. The blocks between pools are what people freeze.
 */
type VggList = readonly (number | 'M')[]

const lists = {
  vgg11: [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg13: [64, 64, 'M', 128, 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'],
  vgg16: [64, 64, 'M', 128, 128, 'M', 256, 256, 256, 'M', 512, 512, 512, 'M', 512, 512, 512, 'M'],
  vgg19: [
    64,
    64,
    'M',
    128,
    128,
    'M',
    256,
    256,
    256,
    256,
    'M',
    512,
    512,
    512,
    512,
    'M',
    512,
    512,
    512,
    512,
    'M',
  ],
} as const satisfies Record<string, VggList>

interface VggOptions {
  size: number
  /** Side of the feature map that the classifier reads. */
  pooled: number
  /** Width of the two hidden linear layers. */
  hidden: number
  classes: number
  dropout: number
  batchNorm: boolean
}

/** Folds the list into blocks; layers are numbered through as in `nn.Sequential`. */
function features(list: VggList, batchNorm: boolean): Block[] {
  const blocks: Block[] = []
  let layers: Layer[] = []
  let index = 0
  let from = 0
  let channels = 3
  for (const entry of list) {
    if (entry === 'M') {
      layers.push({ kind: 'maxpool', name: String(index), kernel: 2, stride: 2, padding: 0 })
      blocks.push({ kind: 'block', name: `${from}-${index}`, title: `Block ${blocks.length + 1}`, layers })
      index += 1
      from = index
      layers = []
      continue
    }
    const conv = { kind: 'conv', kernel: 3, stride: 1, padding: 1, groups: 1, bias: true } as const
    layers.push({ ...conv, name: String(index++), in: channels, out: entry })
    if (batchNorm)
      layers.push({ kind: 'batchnorm', name: String(index++), features: entry, eps: 1e-5, momentum: 0.1 })
    layers.push({ kind: 'relu', name: String(index++) })
    channels = entry
  }
  return blocks
}

function vgg(name: string, title: string, list: VggList, options: VggOptions): Network {
  const { size, pooled, hidden, classes, dropout, batchNorm } = options
  const channels = list.findLast((entry) => entry !== 'M') as number
  const classifier: Layer[] = [
    { kind: 'linear', name: '0', in: channels * pooled * pooled, out: hidden },
    { kind: 'relu', name: '1' },
    { kind: 'dropout', name: '2', p: dropout },
    { kind: 'linear', name: '3', in: hidden, out: hidden },
    { kind: 'relu', name: '4' },
    { kind: 'dropout', name: '5', p: dropout },
    { kind: 'linear', name: '6', in: hidden, out: classes },
  ]
  const blocks = features(list, batchNorm)
  const middle = ['classifier.0', 'classifier.3']
  return {
    name,
    title,
    size,
    classes,
    head: 'classifier.6',
    body: 'features',
    middle,
    parts: [...blocks.map((block) => `features.${block.name}`), ...middle, 'classifier.6'],
    layers: [
      { kind: 'sequence', name: 'features', role: 'sees', layers: blocks },
      { kind: 'avgpool', name: 'avgpool', size: pooled },
      { kind: 'flatten', name: '' },
      { kind: 'sequence', name: 'classifier', role: 'decides', layers: classifier },
    ],
  }
}

const imagenet = { size: 224, pooled: 7, hidden: 4096, classes: 1000, dropout: 0.5, batchNorm: false }

export const vgg11 = () => vgg('vgg11', 'VGG11', lists.vgg11, imagenet)
export const vgg13 = () => vgg('vgg13', 'VGG13', lists.vgg13, imagenet)
export const vgg16 = () => vgg('vgg16', 'VGG16', lists.vgg16, imagenet)
export const vgg19 = () => vgg('vgg19', 'VGG19', lists.vgg19, imagenet)
export const vgg16Bn = () =>
  vgg('vgg16-bn', 'VGG16 with BatchNorm', lists.vgg16, { ...imagenet, batchNorm: true })

/** VGG in small, for tests and for benchmarks of everything around the network. */
export const tinyVgg = () =>
  vgg('tiny-vgg', 'Tiny VGG', [8, 'M', 16, 'M'], {
    size: 32,
    pooled: 8,
    hidden: 32,
    classes: 3,
    dropout: 0,
    batchNorm: false,
  })
