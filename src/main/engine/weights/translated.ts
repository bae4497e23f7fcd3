import type { TensorInfo, WeightFile } from './codec.ts'
import { efficientnetNames } from './names/efficientnet-pytorch.ts'
import type { TimmNames } from './names/timm.ts'
import { timmNames } from './names/timm.ts'
import { wrapperOf } from './names/wrappers.ts'
import { withPlaces } from './positions.ts'

export interface ExpectedTensor {
  name: string
  /** As in PyTorch: [out, in, height, width] for a convolution, [out, in] for a linear layer. */
  shape: readonly number[]
  /** A vision transformer's places, which may be for photos of another size in the file. */
  isPosition?: boolean
}

/** A tensor of a file as a network here takes it: the file's name and type, our shape and values. */
export interface Taken extends TensorInfo {
  /** It stands beside the network, not in it: what is wrapped around a network may keep tensors of its own ("criterion.weight"). */
  beside: boolean
  read: () => Promise<Float32Array<ArrayBuffer>>
}

/** The share of a file's tensors that may stand beside its network. */
const mostBeside = 0.2

/**
 * A file's tensors by the network's names: without what wrappers put before them, known foreign names translated, and with the shapes and
 * values that the network has for what other programs keep otherwise. Tensors that the network does not know keep their names.
 */
export function tensorsByName(file: WeightFile, expected: readonly ExpectedTensor[]): Map<string, Taken> {
  const names = expected.map(({ name }) => name)
  const timm = timmNames(names)
  const wrapper = wrapperOf(
    file.tensors.map(({ name }) => name),
    [...names, ...(timm?.ours.keys() ?? [])],
  )
  const isInside = file.tensors.map(({ name }) => name.startsWith(wrapper))
  const bare = file.tensors.map(({ name }, i) => (isInside[i] ? name.slice(wrapper.length) : name))
  // More of them are a second network, and which of the two is meant nobody knows.
  const areFew = isInside.filter((it) => !it).length < mostBeside * isInside.length
  const isTimms = timm !== undefined && bare.some((name) => (timm.ours.get(name) ?? name) !== name)
  const rename = isTimms ? (name: string) => timm.ours.get(name) ?? name : efficientnetNames(bare, names)
  const found = new Map<string, Taken>()
  file.tensors.forEach((tensor, i) => {
    const name = rename?.(bare[i]!) ?? bare[i]!
    // A file that has a tensor under both names is left to the report of unexpected ones.
    found.set(found.has(name) ? tensor.name : name, {
      ...tensor,
      beside: areFew && !isInside[i],
      read: () => file.read(tensor.name),
    })
  })
  for (const wanted of expected) {
    const tensor = found.get(wanted.name)
    if (!tensor) continue
    if (wanted.isPosition) found.set(wanted.name, withPlaces(tensor, wanted.shape))
    else if (isTimms) found.set(wanted.name, fromTimm(tensor, wanted, timm, found))
  }
  return found
}

/** A tensor as timm keeps it, with the shape and values that give the same answers here. */
function fromTimm(
  tensor: Taken,
  { name, shape }: ExpectedTensor,
  { isReshaped, eps }: TimmNames,
  found: ReadonlyMap<string, Taken>,
): Taken {
  if (isReshaped(name)) return valuesOf(tensor.shape) === valuesOf(shape) ? { ...tensor, shape } : tensor
  const variance = name.endsWith('.weight') ? found.get(name.replace(/weight$/, 'running_var')) : undefined
  if (!eps || !variance || variance.shape.join() !== tensor.shape.join()) return tensor
  return {
    ...tensor,
    read: async () => withEps(await tensor.read(), await variance.read(), eps),
  }
}

const valuesOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/**
 * The factors of a BatchNorm that adds another eps to its variance, so that it gives the same answers:
 * γ' / √(σ² + ours) = γ / √(σ² + theirs). Batch statistics in training are close to σ², so that it learns from the same point too.
 */
function withEps(
  factors: Float32Array<ArrayBuffer>,
  variances: Float32Array,
  eps: { theirs: number; ours: number },
): Float32Array<ArrayBuffer> {
  return factors.map(
    (factor, i) => factor * Math.sqrt((variances[i]! + eps.ours) / (variances[i]! + eps.theirs)),
  )
}
