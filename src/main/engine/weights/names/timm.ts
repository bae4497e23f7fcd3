import { blocksOfStages, invertedResiduals } from './inverted-residuals.ts'

/**
 * What timm calls the tensors of networks that have torchvision's names here. Only networks that compute the same are in this list; what
 * timm has of the same names and shapes but computes otherwise is in `twins.ts`.
 */
interface TimmNetwork {
  /** One of its tensors' names here that no other network has. */
  only: string
  /** @param ours its tensors' names here, in order. @returns timm's name for one of them */
  naming: (ours: readonly string[]) => (name: string) => string
  /** Our names of tensors that timm keeps in another shape, with the same values in the same order: convolutions over one place. */
  reshaped?: RegExp
  /** What is added to the variance of its BatchNorms, where that differs. */
  eps?: { theirs: number; ours: number }
}

type Replacement = readonly [pattern: RegExp, by: string]

/** The name after the first pattern that it fits. */
const renamed =
  (replacements: readonly Replacement[]) =>
  (name: string): string => {
    const fitting = replacements.find(([pattern]) => pattern.test(name))
    return fitting ? name.replace(...fitting) : name
  }

const vgg: Replacement[] = [
  [/^classifier\.0\./, 'pre_logits.fc1.'],
  [/^classifier\.3\./, 'pre_logits.fc2.'],
  [/^classifier\.6\./, 'head.fc.'],
]

const convnext: Replacement[] = [
  [/^features\.0\./, 'stem.'],
  ...[1, 2, 3].map((stage): Replacement => [
    new RegExp(`^features\\.${2 * stage}\\.`),
    `stages.${stage}.downsample.`,
  ]),
  ...[0, 1, 2, 3].flatMap((stage): Replacement[] =>
    Object.entries({
      'block\\.0': 'conv_dw',
      'block\\.2': 'norm',
      'block\\.3': 'mlp.fc1',
      'block\\.5': 'mlp.fc2',
      layer_scale: 'gamma',
    }).map(([here, there]) => [
      new RegExp(`^features\\.${2 * stage + 1}\\.(\\d+)\\.${here}`),
      `stages.${stage}.blocks.$1.${there}`,
    ]),
  ),
  [/^classifier\.0\./, 'head.norm.'],
  [/^classifier\.2\./, 'head.fc.'],
]

const vit: Replacement[] = [
  [/^conv_proj\./, 'patch_embed.proj.'],
  [/^class_token$/, 'cls_token'],
  [/^encoder\.pos_embedding$/, 'pos_embed'],
  ...Object.entries({
    'ln_1\\.': 'norm1.',
    'self_attention\\.in_proj_': 'attn.qkv.',
    'self_attention\\.out_proj\\.': 'attn.proj.',
    'ln_2\\.': 'norm2.',
    'mlp\\.0\\.': 'mlp.fc1.',
    'mlp\\.3\\.': 'mlp.fc2.',
  }).map(([here, there]): Replacement => [
    new RegExp(`^encoder\\.layers\\.encoder_layer_(\\d+)\\.${here}`),
    `blocks.$1.${there}`,
  ]),
  [/^encoder\.ln\./, 'norm.'],
  [/^heads\.head\./, 'head.'],
]

/** How many blocks each stage has, where they are numbered through here. */
const secondStages = [1, 2, 3, 4, 3, 3, 1]
const thirdStages = [1, 2, 3, 4, 2, 3]

const networks: readonly TimmNetwork[] = [
  {
    only: 'features.18.1.weight',
    naming: invertedResiduals({
      blockOf: blocksOfStages(secondStages),
      layers: { 'features.18.0': 'conv_head', 'features.18.1': 'bn2', 'classifier.1': 'classifier' },
    }),
  },
  {
    only: 'features.16.1.weight',
    naming: invertedResiduals({
      blockOf: blocksOfStages(thirdStages),
      layers: {
        'features.16.0': 'blocks.6.0.conv',
        'features.16.1': 'blocks.6.0.bn1',
        'classifier.0': 'conv_head',
        'classifier.3': 'classifier',
      },
    }),
    reshaped: /^classifier\.0\.weight$/,
    eps: { theirs: 1e-5, ours: 1e-3 },
  },
  {
    only: 'features.8.1.weight',
    naming: invertedResiduals({
      blockOf: (layer) => {
        const [, stage, block] = /^features\.([1-7])\.(\d+)\./.exec(layer) ?? []
        return stage === undefined ? undefined : `blocks.${Number(stage) - 1}.${block}`
      },
      layers: { 'features.8.0': 'conv_head', 'features.8.1': 'bn2', 'classifier.1': 'classifier' },
    }),
  },
  { only: 'features.7.0.layer_scale', naming: () => renamed(convnext), reshaped: /\.layer_scale$/ },
  { only: 'encoder.ln.weight', naming: () => renamed(vit) },
  { only: 'classifier.6.weight', naming: () => renamed(vgg), reshaped: /^classifier\.[03]\.weight$/ },
]

/** A file's names as timm gives them, and what has to be done with the values behind them. */
export interface TimmNames {
  /** Our names, by timm's: of all tensors, those that both call the same too. */
  ours: ReadonlyMap<string, string>
  /** Whether timm keeps this tensor of ours in another shape. */
  isReshaped: (ours: string) => boolean
  /** What is added to the variance of all its BatchNorms, where that differs. */
  eps: { theirs: number; ours: number } | null
}

/** @param expected the network's names, in order. @returns what timm calls them; undefined where it calls all of them the same */
export function timmNames(expected: readonly string[]): TimmNames | undefined {
  const network = networks.find(({ only }) => expected.includes(only))
  if (!network) return undefined
  const nameOf = network.naming(expected)
  return {
    ours: new Map(expected.map((name) => [nameOf(name), name])),
    isReshaped: (name) => network.reshaped?.test(name) ?? false,
    eps: network.eps ?? null,
  }
}
