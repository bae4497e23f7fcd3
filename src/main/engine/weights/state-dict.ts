import { ThawError } from '../../../shared/errors.ts'
import type { Found, StoredTensor } from './codec.ts'
import { dtypes } from './dtypes.ts'
import type { PickleValue } from './pickle-values.ts'
import { Stray } from './pickle-values.ts'
import type { Storage } from './strided.ts'
import { viewProblem } from './strided.ts'
import type { StorageReference } from './torch-objects.ts'
import { TensorReference } from './torch-objects.ts'

/** Keys under which training scripts put the state_dict of a checkpoint, the likeliest first. */
const holders = ['state_dict', 'model_state_dict', 'model', 'module', 'network', 'net', 'weights', 'params']
/** What DataParallel and DistributedDataParallel put before every name. */
const parallelPrefix = 'module.'

type Dictionary = Map<PickleValue, PickleValue>

const hasTensors = (value: PickleValue | undefined): value is Dictionary =>
  value instanceof Map && Array.from(value.values()).some((item) => item instanceof TensorReference)

/** The dictionary that holds the tensors, and the keys that lead to it. */
function findTensors(root: PickleValue): { dictionary: Dictionary; under: string[] } | undefined {
  if (!(root instanceof Map)) return undefined
  for (const key of holders) {
    const inner: PickleValue | undefined = root.get(key)
    if (hasTensors(inner)) return { dictionary: inner, under: [key] }
    if (!(inner instanceof Map)) continue
    const innermost = holders.find((next) => hasTensors(inner.get(next)))
    if (innermost !== undefined)
      return { dictionary: inner.get(innermost) as Dictionary, under: [key, innermost] }
  }
  return hasTensors(root) ? { dictionary: root, under: [] } : undefined
}

/**
 * The tensors of what torch.save wrote: of a state_dict, or of the one inside a checkpoint. Other entries are left out.
 * @param storageOf the bytes of a storage; throws if there are none
 * @throws ThawError `weights.unsupported` without tensors, `weights.damaged` if one does not lie within its storage
 */
export async function stateDict(
  root: PickleValue,
  file: string,
  storageOf: (reference: StorageReference) => Storage | Promise<Storage>,
): Promise<{ tensors: Map<string, StoredTensor>; found: Found }> {
  const held = findTensors(root)
  if (!held) throw new ThawError('weights.unsupported', { file, reason: 'no-tensors' })
  const references = Array.from(held.dictionary).filter(
    (entry): entry is [string, TensorReference] =>
      typeof entry[0] === 'string' && entry[1] instanceof TensorReference,
  )
  const beside = root instanceof Map && root !== held.dictionary ? [...root] : []
  const strays = [...held.dictionary, ...beside].flatMap(([key, value]) =>
    typeof key === 'string' && value instanceof Stray ? [`${key} (${value.name})`] : [],
  )
  const prefixed = references.every(([name]) => name.startsWith(parallelPrefix))
  const tensors = new Map<string, StoredTensor>()
  for (const [name, { storage: reference, view }] of references) {
    const storage = await storageOf(reference)
    const claimed = reference.elements * dtypes[reference.dtype].size
    const problem =
      claimed > storage.size
        ? `a storage of ${claimed} bytes is announced, ${storage.size} are there`
        : viewProblem(view, Math.floor(storage.size / dtypes[view.dtype].size))
    if (problem) throw new ThawError('weights.damaged', { file, reason: `${name}: ${problem}` })
    tensors.set(prefixed ? name.slice(parallelPrefix.length) : name, { view, storage })
  }
  const found: Found = {
    ...(held.under.length > 0 && { under: held.under.join('.') }),
    ...(prefixed && { prefix: parallelPrefix }),
    ...(strays.length > 0 && { strays }),
  }
  return { tensors, found }
}
