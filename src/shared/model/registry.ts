import { ThawError } from '../errors.ts'
import { recipePreparation } from '../preparation.ts'
import type { Preparation } from '../preparation.ts'
import { efficientnetLite0, efficientnetLite1, efficientnetLite2 } from './efficientnet-lite.ts'
import type { Plan } from './plan.ts'
import type { Network } from './spec.ts'
import { tinyBn } from './tiny-bn.ts'
import { tinyVgg, vgg11, vgg13, vgg16, vgg16Bn, vgg19 } from './vgg.ts'

/** A network on offer, with what goes with its published weights. */
export interface Architecture {
  build: () => Network
  /** How photos are prepared for its published weights. */
  preparation: Preparation
  /** The rate of a head trained alone. */
  headRate: number
  /** The part above the body that `recipe` gives 5e-4; the body gets 1e-4, the head 1e-3. */
  middle: readonly string[]
  /** Only for tests and benchmarks: not offered to people. */
  internal?: boolean
}

/** VGG's rates are the recipe's own; its ImageNet weights are used with the recipe's preparation. */
const vgg = (build: () => Network): Architecture => ({
  build,
  preparation: recipePreparation,
  headRate: 1e-3,
  middle: ['classifier.0', 'classifier.3'],
})

/** As published with timm's tf_efficientnet_lite*: bicubic, the middle 87.5 to 89%. */
const lite = (build: () => Network, resize: number): Architecture => ({
  build,
  preparation: {
    resize,
    crop: build().size,
    interpolation: 'bicubic',
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
  },
  headRate: 1e-2,
  middle: ['conv_head', 'bn2'],
})

const tiny = (build: () => Network): Architecture => ({
  build,
  preparation: { ...recipePreparation, resize: build().size, crop: build().size },
  headRate: 1e-2,
  middle: [],
  internal: true,
})

export const architectures = {
  vgg11: vgg(vgg11),
  vgg13: vgg(vgg13),
  vgg16: vgg(vgg16),
  vgg19: vgg(vgg19),
  'vgg16-bn': vgg(vgg16Bn),
  'efficientnet-lite0': lite(efficientnetLite0, 256),
  'efficientnet-lite1': lite(efficientnetLite1, 272),
  'efficientnet-lite2': lite(efficientnetLite2, 292),
  'tiny-vgg': { ...tiny(tinyVgg), middle: vgg(tinyVgg).middle },
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
  const { headRate, middle } = architectureOf(network.name)
  switch (name) {
    case 'head-only':
      return { '': { learningRate: 'frozen' }, [network.head]: { learningRate: headRate } }
    case 'everything':
      return { '': { learningRate: 1e-3 } }
    case 'recipe': {
      const between = Object.fromEntries(middle.map((node) => [node, { learningRate: 5e-4 }]))
      // A network whose body is one node ("features") says so by name; elsewhere the whole network is the body.
      const body = network.layers.some((layer) => layer.name === 'features') ? 'features' : ''
      return { [body]: { learningRate: 1e-4 }, ...between, [network.head]: { learningRate: 1e-3 } }
    }
  }
}
