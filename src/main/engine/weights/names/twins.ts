import path from 'node:path'
import { carriedBy } from '../../../../shared/carried.ts'
import { ThawError } from '../../../../shared/errors.ts'
import { networkOf } from '../../../../shared/model/registry.ts'
import type { NetworkName } from '../../../../shared/model/registry.ts'
import { because } from '../../../../shared/reasons.ts'
import type { ReasonCode } from '../../../../shared/reasons.ts'
import type { WeightFile } from '../codec.ts'
import { withoutWrapper } from './wrappers.ts'

/**
 * A network of timm with the names and shapes of one here that computes otherwise: its padding, say, is nowhere in its tensors. Only what
 * stands beside these tells which it is: the checkpoint's `arch`, the metadata, or the name that timm gives to the file.
 */
interface Twin {
  /** Its name in timm. */
  name: string
  /** Its names in checkpoints and metadata. */
  known: RegExp
  /** Names of its files, where not all that begins with its name is of it. */
  knownFile?: RegExp
  /** Names of the one that is computed here; by any of them the file is told to be no twin. */
  ours: RegExp
  /** A tensor's name that is in files of both, and in no file of other programs for the same network. */
  has: string
  differs: ReasonCode
  /** So few people use it that only a file which says that it is of it is spoken of. */
  rare?: true
}

const tensorflow = { has: 'conv_stem.weight', differs: 'twin-tensorflow' } as const

const lite = (variant: number): Twin => ({
  name: `efficientnet_lite${variant}`,
  known: new RegExp(`^efficientnet_lite${variant}`),
  // What someone called efficientnet_lite0.pth may be of either; timm's own file has the recipe in its name.
  knownFile: new RegExp(`^efficientnet_lite${variant}_ra`),
  ours: new RegExp(`^tf_efficientnet_lite${variant}`),
  has: 'conv_stem.weight',
  differs: 'twin-symmetric',
})

/** ResNets that blur a map before they halve it, in place of skipping every other place. */
const smoothing = (name: string): Twin => ({
  name: name.replace('resnet', 'resnetblur'),
  known: new RegExp(`^${name.replace('resnet', 'resnet(?:blur|aa)')}`),
  ours: new RegExp(`^${name}`),
  has: 'conv1.weight',
  differs: 'twin-smoothing',
  rare: true,
})

const twins: Partial<Record<NetworkName, Twin>> = {
  'efficientnet-lite0': lite(0),
  'efficientnet-lite1': lite(1),
  'efficientnet-lite2': lite(2),
  'efficientnet-b0': {
    ...tensorflow,
    name: 'tf_efficientnet_b0',
    known: /^tf_efficientnet_b0/,
    ours: /^efficientnet_b0/,
  },
  'mobilenet-v3-large': {
    ...tensorflow,
    name: 'tf_mobilenetv3_large_100',
    known: /^tf_mobilenetv3_large_100/,
    ours: /^mobilenetv3_large_100/,
  },
  resnet18: smoothing('resnet18'),
  resnet34: smoothing('resnet34'),
  resnet50: smoothing('resnet50'),
}

/** As timm spells names. */
const spelt = (name: string): string => name.toLowerCase().replaceAll('-', '_')

/**
 * The network that a file may be of instead, with the same names: `certain` if it says so itself. null where there is none, or the file
 * says that it is not of it.
 */
function twinOf(
  file: WeightFile,
  network: string,
): { name: string; differs: ReasonCode; certain: boolean } | null {
  const twin = twins[network as NetworkName]
  const { tensors, metadata, found } = file
  if (!twin || carriedBy(metadata).network !== null) return null
  const bare = withoutWrapper(
    tensors.map(({ name }) => name),
    [twin.has],
  )
  if (!bare.includes(twin.has)) return null
  const { name, known, knownFile = known, ours, differs, rare } = twin
  const declared = [found.architecture, metadata['architecture']].flatMap((it) => (it ? [spelt(it)] : []))
  const called = spelt(path.parse(file.path).name)
  const its = declared.find((it) => known.test(it)) ?? (knownFile.test(called) ? called : undefined)
  if (its !== undefined) return { name: known.exec(its)?.[0] ?? name, differs, certain: true }
  return rare || [...declared, called].some((it) => ours.test(it)) ? null : { name, differs, certain: false }
}

/** @throws ThawError weights.twin if a file says that it is of a network that only has the names of this one */
export function requireNoTwin(file: WeightFile, network: string): void {
  const warning = twinWarning(file, network)
  if (warning?.code === 'weights.twin') throw warning
}

/** What a person should know of a file that may be of another network than the one it is read as; or why it is not read. */
export function twinWarning(file: WeightFile, network: string): ThawError | null {
  const twin = twinOf(file, network)
  if (!twin) return null
  const { name, differs, certain } = twin
  const about = { file: file.path, twin: name, network: networkOf(network).title, ...because(differs) }
  return new ThawError(certain ? 'weights.twin' : 'weights.maybe-twin', about)
}
