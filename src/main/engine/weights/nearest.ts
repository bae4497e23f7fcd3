import type { FileFit } from '../../../shared/api/models.ts'
import { tensorsOfNetwork } from '../../../shared/model/layers.ts'
import { carriedBy } from '../../../shared/carried.ts'
import { ThawError } from '../../../shared/errors.ts'
import { architectures, networkNames, networkOf } from '../../../shared/model/registry.ts'
import type { Network } from '../../../shared/model/spec.ts'
import type { TensorSpec } from '../../../shared/model/tensor.ts'
import type { TensorInfo, WeightFile } from './codec.ts'
import { isCounter, unexpectedIn } from './load.ts'
import { elsewhere, notClassifier } from './names/elsewhere.ts'
import { tensorsByName } from './translated.ts'

/** Below this share of tensors in common a file is of no network here. */
const enough = 0.5

/**
 * The network that a file comes nearest to, and what differs.
 * @returns null where none is near: then names would be of no use; and where only the backbone of something else is
 */
export function nearestNetwork(file: WeightFile): FileFit | null {
  if (notClassifier(file)) return null
  const offered = networkNames.filter((name) => !('internal' in architectures[name]))
  const all = offered.map((name) => differencesTo(file, name))
  const best = all.reduce((a, b) => (b.share > a.share ? b : a))
  return best.share >= enough ? best.nearest : null
}

const likelyNetwork = (file: WeightFile): string | undefined =>
  carriedBy(file.metadata).network ?? nearestNetwork(file)?.network

/** What a file's tensors are called in a network here, by their names in the file; without those that it has no place for. */
export function namesHere(file: WeightFile, network: string): ReadonlyMap<string, string> {
  const tensors = tensorsOfNetwork(networkOf(network))
  const wanted = new Set(tensors.map(({ name }) => name))
  const found = Array.from(tensorsByName(file, tensors))
  return new Map(found.flatMap(([name, tensor]) => (wanted.has(name) ? [[tensor.name, name]] : [])))
}

/** A file's tensors that are left out, since they stand beside the network that it is read as. */
export function besideNetwork(file: WeightFile, network: string): string[] {
  const found = tensorsByName(file, tensorsOfNetwork(networkOf(network)))
  return Array.from(found.values()).flatMap(({ name, beside }) => (beside && !isCounter(name) ? [name] : []))
}

/** Tensors that a file should have, if it is of a network here: by them foreign names are translated. */
export function expectedOfFile(file: WeightFile): TensorSpec[] {
  const network = likelyNetwork(file)
  return network === undefined ? [] : tensorsOfNetwork(networkOf(network))
}

/**
 * The network of a file that nobody named one for: what the file says, else what its tensors are nearest to. Whether all of them fit is for
 * loading to say, which names each that does not.
 * @throws ThawError weights.foreign, weights.no-network
 */
export function networkOfFile(file: WeightFile): string {
  const network = likelyNetwork(file)
  if (network === undefined) throw elsewhere(file) ?? new ThawError('weights.no-network', { file: file.path })
  return network
}

/** Rows of the last layer's weights, if they take in what the network gives. */
function classesOf(
  found: ReadonlyMap<string, TensorInfo>,
  { head }: Network,
  expected: ReadonlyMap<string, readonly number[]>,
): number | null {
  const [weight, bias] = ['weight', 'bias'].map((part) => found.get(`${head}.${part}`)?.shape)
  const [rows] = weight ?? []
  const inputs = expected.get(`${head}.weight`)?.[1]
  const fits = weight?.length === 2 && weight[1] === inputs && bias?.length === 1 && bias[0] === rows
  return fits && rows! > 0 ? rows! : null
}

function differencesTo(file: WeightFile, name: string): { nearest: FileFit; share: number } {
  const network = networkOf(name)
  const wanted = tensorsOfNetwork(network).filter((it) => !isCounter(it.name))
  const expected = new Map(wanted.map((it) => [it.name, it.shape]))
  const found = tensorsByName(file, wanted)
  const missing = [...expected.keys()].filter((it) => !found.has(it))
  const unexpected = unexpectedIn(found, expected)
  const classes = classesOf(found, network, expected)
  const ofHead = (it: string) => it.startsWith(`${network.head}.`)
  const misshapen = [...expected].flatMap(([its, shape]) => {
    const tensor = found.get(its)
    // A head of other classes is a head.
    return tensor && tensor.shape.join() !== shape.join() && !(classes !== null && ofHead(its))
      ? [{ name: its, found: [...tensor.shape], expected: [...shape] }]
      : []
  })
  const onlyHead = [...missing, ...unexpected, ...misshapen.map((it) => it.name)].every(ofHead)
  const common = expected.size - missing.length - misshapen.length
  return {
    nearest: {
      network: name,
      missing,
      unexpected,
      misshapen,
      onlyHead,
      classes,
    },
    share: common / (expected.size + unexpected.length),
  }
}
