import { ThawError } from '../errors.ts'
import { recipePreparation } from '../preparation.ts'
import type { Preparation } from '../preparation.ts'
import { convnextTiny } from './convnext.ts'
import { efficientnetB0 } from './efficientnet.ts'
import { efficientnetLite0, efficientnetLite1, efficientnetLite2 } from './efficientnet-lite.ts'
import { mobilenetV2, mobilenetV3Large } from './mobilenet.ts'
import type { Plan } from './plan.ts'
import { resnet18, resnet34, resnet50 } from './resnet.ts'
import type { Network } from './spec.ts'
import { tinyBn } from './tiny-bn.ts'
import { tinyVgg, vgg11, vgg13, vgg16, vgg16Bn, vgg19 } from './vgg.ts'
import { dinov2Small, vitB16 } from './vit.ts'

/** Weights that someone has trained and put on the net. */
export interface PublishedWeights {
  address: string
  file: string
  /** About; to say before a download how much it is. */
  mebibytes: number
  /** The first hexadecimal digits of the file's SHA-256; null where its publisher names none. */
  sha256Start: string | null
  /** SPDX name. */
  licence: string
  /** Share of ImageNet's validation photos answered rightly, percent; null where there is no head to answer. */
  top1: number | null
  /** What its head tells apart; null: the file has no head. */
  classes: 'imagenet' | null
}

/** A network on offer, with what goes with its published weights. */
export interface Architecture {
  build: () => Network
  /** How photos are prepared for its published weights. */
  preparation: Preparation
  /** The rate of a head trained alone. */
  headRate: number
  /** null: it has none of its own. */
  published: PublishedWeights | null
  /** Only for tests and benchmarks: not offered to people. */
  internal?: boolean
}

type Published = readonly [file: string, mebibytes: number, top1: number]

/** torchvision's default weights: the last eight hexadecimal digits in the file's name begin its SHA-256. */
const torchvision = ([file, mebibytes, top1]: Published): PublishedWeights => ({
  address: `https://download.pytorch.org/models/${file}`,
  file,
  mebibytes,
  sha256Start: /-([0-9a-f]{8})\.pth$/.exec(file)![1]!,
  licence: 'BSD-3-Clause',
  top1,
  classes: 'imagenet',
})

/** timm's weights of the same name, from its first releases. */
const timm = ([file, mebibytes, top1]: Published): PublishedWeights => ({
  ...torchvision([file, mebibytes, top1]),
  address: `https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights/${file}`,
  licence: 'Apache-2.0',
})

/** VGG's rates are the recipe's own; its ImageNet weights are used with the recipe's preparation. */
const vgg = (build: () => Network, published: Published): Architecture => ({
  build,
  preparation: recipePreparation,
  headRate: 1e-3,
  published: torchvision(published),
})

/** As published with timm's tf_efficientnet_lite*: bicubic, the middle 87.5 to 89%. */
const lite = (build: () => Network, resize: number, published: Published): Architecture => ({
  build,
  preparation: {
    resize,
    crop: build().size,
    interpolation: 'bicubic',
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  },
  headRate: 1e-2,
  published: timm(published),
})

/** As torchvision's default weights were measured. @param resize the shorter side; the middle 224 pixels are seen */
const imagenet = (
  build: () => Network,
  resize: number,
  published: Published,
  interpolation: Preparation['interpolation'] = 'bilinear',
): Architecture => ({
  build,
  preparation: { ...recipePreparation, resize, interpolation },
  headRate: 1e-2,
  published: torchvision(published),
})

const tiny = (build: () => Network): Architecture => ({
  build,
  preparation: { ...recipePreparation, resize: build().size, crop: build().size },
  headRate: 1e-2,
  published: null,
  internal: true,
})

/** Sizes (MiB), preparation and top-1 of torchvision's as its own records of weights say; timm's as its results table says. */
export const architectures = {
  vgg11: vgg(vgg11, ['vgg11-8a719046.pth', 506.84, 69.02]),
  vgg13: vgg(vgg13, ['vgg13-19584684.pth', 507.545, 69.928]),
  vgg16: vgg(vgg16, ['vgg16-397923af.pth', 527.796, 71.592]),
  vgg19: vgg(vgg19, ['vgg19-dcbb9e9d.pth', 548.051, 72.376]),
  'vgg16-bn': vgg(vgg16Bn, ['vgg16_bn-6c64b313.pth', 527.866, 73.36]),
  'efficientnet-lite0': lite(efficientnetLite0, 256, ['tf_efficientnet_lite0-0aa007d2.pth', 17.9, 74.83]),
  'efficientnet-lite1': lite(efficientnetLite1, 272, ['tf_efficientnet_lite1-bde8b488.pth', 20.9, 76.64]),
  'efficientnet-lite2': lite(efficientnetLite2, 292, ['tf_efficientnet_lite2-dcccb7df.pth', 23.5, 77.46]),
  resnet18: imagenet(resnet18, 256, ['resnet18-f37072fd.pth', 44.661, 69.758]),
  resnet34: imagenet(resnet34, 256, ['resnet34-b627a593.pth', 83.275, 73.314]),
  resnet50: imagenet(resnet50, 232, ['resnet50-11ad3fa6.pth', 97.79, 80.858]),
  'mobilenet-v2': imagenet(mobilenetV2, 232, ['mobilenet_v2-7ebf99e0.pth', 13.598, 72.154]),
  'mobilenet-v3-large': imagenet(mobilenetV3Large, 232, ['mobilenet_v3_large-5c1a4163.pth', 21.107, 75.274]),
  'efficientnet-b0': imagenet(
    efficientnetB0,
    256,
    ['efficientnet_b0_rwightman-7f5810bc.pth', 20.451, 77.692],
    'bicubic',
  ),
  'convnext-tiny': imagenet(convnextTiny, 236, ['convnext_tiny-983f1562.pth', 109.119, 82.52]),
  'vit-b-16': imagenet(vitB16, 256, ['vit_b_16-c867db91.pth', 330.285, 81.072]),
  'dinov2-small': {
    build: dinov2Small,
    // timm's, at 224 pixels.
    preparation: { ...recipePreparation, resize: 224, crop: 224, interpolation: 'bicubic' },
    headRate: 1e-2,
    published: {
      address: 'https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth',
      file: 'dinov2_vits14_pretrain.pth',
      mebibytes: 84.2,
      sha256Start: null,
      licence: 'Apache-2.0',
      // Learned without labels: there is no head to answer.
      top1: null,
      classes: null,
    },
  },
  'tiny-vgg': tiny(tinyVgg),
  'tiny-bn': tiny(tinyBn),
} as const satisfies Record<string, Architecture>

export type NetworkName = keyof typeof architectures
export const networkNames = Object.keys(architectures) as NetworkName[]

/** @throws ThawError network.unknown */
export function architectureOf(name: string): Architecture {
  if (Object.hasOwn(architectures, name)) return architectures[name as NetworkName]
  const known = networkNames.filter((it) => !('internal' in architectures[it]))
  throw new ThawError('network.unknown', { name, known: known.join(', ') })
}

/** @throws ThawError network.unknown */
export const networkOf = (name: string): Network => architectureOf(name).build()

export const planNames = ['head-only', 'recipe', 'everything'] as const
export type PlanName = (typeof planNames)[number]

/** The plans one click away. */
export function namedPlan(network: Network, name: PlanName): Plan {
  const { headRate } = architectureOf(network.name)
  const { body, middle } = network
  switch (name) {
    case 'head-only':
      return { '': { learningRate: 'frozen' }, [network.head]: { learningRate: headRate } }
    case 'everything':
      return { '': { learningRate: 1e-3 } }
    case 'recipe': {
      const between = Object.fromEntries(middle.map((node) => [node, { learningRate: 5e-4 }]))
      return { [body]: { learningRate: 1e-4 }, ...between, [network.head]: { learningRate: 1e-3 } }
    }
  }
}
