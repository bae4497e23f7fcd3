import path from 'node:path'
import type { Jobs, Material, Side } from './contestants.ts'
import { generated, limited, repeated, single } from './photos.ts'
import { networkOf } from '../src/shared/model/registry.ts'
import { formulaWeights, onnxOf } from './weights.ts'
import { zoo } from './zoo.ts'

/** A ratio, peer ÷ ours, that ours has to reach. */
export interface Target {
  against: Exclude<Side, 'ours'>
  atLeast: number
  what?: 'seconds' | 'peakMiB'
  /** Ours may take so much more memory than the peer before the ratio is taken. */
  allowedMiB?: number
}

export interface Row {
  name: string
  work: string
  /** What ours gains that the peer does not, or what the row cannot show. */
  note?: string
  targets: readonly Target[]
  prepare: (material: Material) => Promise<Jobs>
  /** Has its targets only on a CPU with AMX. */
  needsAmx?: boolean
}

const vgg16 = async ({ folder }: Material): Promise<string> => {
  const file = path.join(folder, 'vgg16.pth')
  await formulaWeights('vgg16', file)
  return file
}
const lite0 = async ({ folder }: Material): Promise<string> => {
  const file = path.join(folder, 'efficientnet-lite0.pth')
  await formulaWeights('efficientnet-lite0', file)
  return file
}
const few = 64
const fewPhotos = ({ photos, folder }: Material) => limited(photos, few, path.join(folder, `photos-${few}`))
const timmLite0 = ['--model', 'timm:tf_efficientnet_lite0']

const both = (written: number, fastest: number): Target[] => [
  { against: 'written', atLeast: written },
  { against: 'fastest', atLeast: fastest },
]

/** The peer's first epoch only evaluates, so its two epochs are our one, its ten our nine. */
const headOnly =
  (epochs: number, ...more: string[]) =>
  async (material: Material): Promise<Jobs> => {
    const weights = ['--weights', await vgg16(material)]
    return {
      ours: [
        'train',
        material.photos,
        '--backbone',
        'vgg16',
        ...weights,
        '--epochs',
        String(epochs),
        ...more,
      ],
      peer: [material.photos, '--plan', 'head-only', ...weights, '--epochs', String(epochs + 1)],
    }
  }

const threeRates =
  (...more: string[]) =>
  async (material: Material): Promise<Jobs> => {
    const weights = ['--weights', await vgg16(material)]
    const photos = await fewPhotos(material)
    return {
      ours: ['train', photos, '--backbone', 'vgg16', ...weights, '--plan', 'recipe', ...more],
      peer: [material.photos, '--plan', 'three-rates', ...weights, '--limit', String(few)],
    }
  }

const classify = async (
  photos: string,
  network: 'vgg16' | 'efficientnet-lite0',
  material: Material,
): Promise<Jobs> => {
  const weights = ['--weights', await (network === 'vgg16' ? vgg16 : lite0)(material)]
  const model = network === 'vgg16' ? [] : timmLite0
  return {
    ours: ['classify', photos, '--backbone', network, ...weights],
    peer: [material.photos, '--classify', photos, ...model, ...weights],
  }
}

/** On a machine with AMX; the last one against the peer's own bfloat16. */
const fast = (bfloat16: number): Target[] => [
  ...both(5, 2.5),
  { against: 'fastest bfloat16', atLeast: bfloat16 },
]

const growth = (count: number): Row => ({
  name: `growth-${count}`,
  work: `Growth: ${count.toLocaleString('en')} photos, tiny network, head only`,
  targets: [],
  prepare: async ({ folder }) => {
    const weights = path.join(folder, 'tiny-vgg.pth')
    await formulaWeights('tiny-vgg', weights)
    const photos = await generated(count, path.join(folder, `generated-${count}`))
    return { ours: ['train', photos, '--backbone', 'tiny-vgg', '--weights', weights] }
  },
})

/** A step of VGG16 with all layers learning, on either backend. */
const vggStep = (name: string, work: string, env: Record<string, string>): Row => ({
  name,
  work,
  targets: [],
  prepare: async (material) => {
    const photos = await limited(material.photos, 16, path.join(material.folder, 'photos-16'))
    const weights = await vgg16(material)
    const plan = ['--plan', 'recipe', '--batch', '8']
    return { ours: ['train', photos, '--backbone', 'vgg16', '--weights', weights, ...plan], env }
  },
})

/** The peer's compiler pays off in long runs only, so both of its settings are given. */
const inEitherSetting = (atLeast: number): Target[] => [
  { against: 'fastest', atLeast },
  { against: 'fastest compiled', atLeast },
]

/** Each network of the zoo on a few photos: classifying, and a step with every layer learning. */
const zooRows: readonly Row[] = zoo.flatMap(({ network, peer, classifying, learning }): Row[] => {
  const weightsOf = async ({ folder }: Material) => {
    const file = path.join(folder, `${network}.pth`)
    await formulaWeights(network, file)
    return ['--weights', file]
  }
  return [
    {
      name: `${network}-classify`,
      work: `${networkOf(network).title}: classify ${few} photos`,
      targets: [
        ...inEitherSetting(classifying),
        { against: 'fastest', atLeast: 1, what: 'peakMiB', allowedMiB: 300 },
      ],
      prepare: async (material) => {
        const [photos, weights] = [await fewPhotos(material), await weightsOf(material)]
        return {
          ours: ['classify', photos, '--backbone', network, ...weights],
          peer: [material.photos, '--classify', photos, '--model', peer, ...weights],
        }
      },
    },
    {
      name: `${network}-everything`,
      work: `${networkOf(network).title}: all layers, two epochs, ${few} photos`,
      targets: [...inEitherSetting(learning), { against: 'fastest', atLeast: 1, what: 'peakMiB' }],
      prepare: async (material) => {
        const [photos, weights] = [await fewPhotos(material), await weightsOf(material)]
        const plan = ['--plan', 'everything']
        return {
          ours: ['train', photos, '--backbone', network, ...weights, ...plan],
          peer: [material.photos, '--model', peer, ...weights, ...plan, '--limit', String(few)],
        }
      },
    },
  ]
})

export const growthCounts = [250, 2500, 25_000] as const

export const rows: readonly Row[] = [
  {
    name: 'head-only-2',
    work: 'VGG16 head only, two epochs',
    targets: [...both(2.5, 1.25), { against: 'written', atLeast: 1, what: 'peakMiB' }],
    prepare: headOnly(1),
  },
  {
    name: 'head-only-10',
    work: 'VGG16 head only, ten epochs, no augmentation',
    note: 'the peer keeps its augmentation',
    targets: both(15, 8),
    prepare: headOnly(9, '--augment', 'none'),
  },
  {
    name: 'head-only-10-views-4',
    work: 'VGG16 head only, ten epochs, bank of 4 views',
    note: 'the peer draws new views each epoch',
    targets: both(5, 2.5),
    prepare: headOnly(9, '--augment', 'views:4'),
  },
  {
    name: 'three-rates',
    work: `VGG16 three rates, two epochs, ${few} photos`,
    targets: both(1.8, 0.9),
    prepare: threeRates(),
  },
  {
    name: 'lite0-everything',
    work: 'EfficientNet-Lite0, all layers, two epochs',
    targets: both(1.5, 1),
    prepare: async (material) => {
      const weights = ['--weights', await lite0(material)]
      const plan = ['--plan', 'everything']
      return {
        ours: ['train', material.photos, '--backbone', 'efficientnet-lite0', ...weights, ...plan],
        peer: [material.photos, ...timmLite0, ...weights, ...plan],
      }
    },
  },
  {
    name: 'classify',
    work: 'Classify a folder with VGG16',
    targets: both(1.8, 1),
    prepare: (material) => classify(material.photos, 'vgg16', material),
  },
  {
    name: 'classify-many',
    work: 'Classify 5,000 photos with EfficientNet-Lite0',
    targets: [
      { against: 'fastest', atLeast: 1.5 },
      { against: 'onnxruntime', atLeast: 1 },
    ],
    prepare: async (material) => {
      const photos = await repeated(material.photos, 5000, path.join(material.folder, 'photos-5000'))
      const model = path.join(material.folder, 'efficientnet-lite0.onnx')
      await onnxOf(await lite0(material), await fewPhotos(material), model)
      return { ...(await classify(photos, 'efficientnet-lite0', material)), onnx: [model, photos] }
    },
  },
  {
    name: 'fast-head-only-2',
    work: 'Fast mode: VGG16 head only, two epochs',
    targets: fast(1),
    needsAmx: true,
    prepare: headOnly(1, '--precision', 'fast'),
  },
  {
    name: 'fast-three-rates',
    work: `Fast mode: VGG16 three rates, two epochs, ${few} photos`,
    targets: fast(0.8),
    needsAmx: true,
    prepare: threeRates('--precision', 'fast'),
  },
  {
    name: 'start-lite0',
    work: 'Start-up: classify one photo with EfficientNet-Lite0',
    targets: [],
    prepare: async (material) => {
      const photo = await single(material.photos, path.join(material.folder, 'photo'))
      return classify(photo, 'efficientnet-lite0', material)
    },
  },
  {
    name: 'start-vgg16',
    work: 'Start-up: classify one photo with VGG16',
    targets: [],
    prepare: async (material) =>
      classify(await single(material.photos, path.join(material.folder, 'photo')), 'vgg16', material),
  },
  ...zooRows,
  ...growthCounts.map(growth),
  vggStep('step-native', 'VGG16 all layers, batches of 8, 16 photos: TensorFlow', {}),
  vggStep('step-wasm', 'The same: WebAssembly', { THAW_BACKEND: 'wasm' }),
]

/** Sides that a row is run on. */
export function sidesOf(row: Row, jobs: Jobs): Side[] {
  if (!jobs.peer) return ['ours']
  const against = row.targets.map((target) => target.against)
  return [
    'ours',
    'written',
    'fastest',
    ...(against.includes('fastest bfloat16') ? (['fastest bfloat16'] as const) : []),
    ...(against.includes('fastest compiled') ? (['fastest compiled'] as const) : []),
    ...(jobs.onnx ? (['onnxruntime'] as const) : []),
  ]
}
