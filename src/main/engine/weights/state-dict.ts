import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
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
/** What stands beside a network in a checkpoint and has tensors too, but none of the network's. */
const besideNetwork = /^(optim|sched|lr_|scaler|amp|rng|loss|criterion|callbacks|history)/i
/** How many keys deep a network may lie. */
const deepest = 3
/** What DataParallel and DistributedDataParallel put before every name. */
const parallelPrefix = 'module.'

/** Characters of a network's name. */
const longestName = 100

type Dictionary = Map<PickleValue, PickleValue>

const isNamedTensor = (entry: [PickleValue, PickleValue]): entry is [string, TensorReference] =>
  typeof entry[0] === 'string' && entry[1] instanceof TensorReference

const hasTensors = (value: PickleValue | undefined): value is Dictionary =>
  value instanceof Map && tensorsIn(value) > 0

const isArray = (value: PickleValue): boolean => value instanceof Stray && /^numpy\./.test(value.name)

const tensorsIn = (dictionary: Dictionary): number => Array.from(dictionary).filter(isNamedTensor).length

interface Held {
  dictionary: Dictionary
  /** The keys that lead to it. */
  under: string[]
}

/**
 * All dictionaries of tensors below a value, those under the likeliest keys first.
 * @param seen a pickle may name one dictionary any number of times, itself too: each is looked into once
 */
function heldBelow(
  value: PickleValue | undefined,
  under: string[] = [],
  seen = new Set<PickleValue>(),
): Held[] {
  if (!(value instanceof Map) || under.length > deepest || seen.has(value)) return []
  seen.add(value)
  const others = Array.from(value.keys()).filter(
    (key): key is string => typeof key === 'string' && !besideNetwork.test(key) && !holders.includes(key),
  )
  const below = [...holders, ...others].flatMap((key) => heldBelow(value.get(key), [...under, key], seen))
  return hasTensors(value) ? [{ dictionary: value, under }, ...below] : below
}

/**
 * The dictionary that holds the network: one under a key that people use for it, else the one with the most tensors. A checkpoint has an
 * average of its network or a second one beside it as well ("ema"), and single tensors beside both ("best_acc1").
 */
function findTensors(root: PickleValue): { held: Held; others: Held[] } | undefined {
  const all = heldBelow(root)
  const named = all.filter(({ under }) => under.length > 0 && under.every((key) => holders.includes(key)))
  const most = (among: readonly Held[]) =>
    among.reduce<Held | undefined>(
      (best, it) => (best && tensorsIn(best.dictionary) >= tensorsIn(it.dictionary) ? best : it),
      undefined,
    )
  const held = named[0] ?? most(all)
  if (!held) return undefined
  const enough = tensorsIn(held.dictionary) / 2
  const others = all.filter((it) => it !== held && tensorsIn(it.dictionary) >= enough)
  return { held, others }
}

/** What a file without a network's tensors holds instead. */
function withoutNetwork(root: PickleValue): ReasonCode {
  if (!(root instanceof Map)) return 'no-tensors'
  if (Array.from(root.values()).some(isArray)) return 'numpy-arrays'
  return root.has('param_groups') ? 'only-optimizer' : 'no-tensors'
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
  const all = findTensors(root)
  if (!all) throw new ThawError('weights.unsupported', { file, ...because(withoutNetwork(root)) })
  const { held, others } = all
  const references = Array.from(held.dictionary).filter(isNamedTensor)
  const beside = root instanceof Map && root !== held.dictionary ? [...root] : []
  const strays = [...held.dictionary, ...beside].flatMap(([key, value]) =>
    typeof key === 'string' && value instanceof Stray ? [`${key} (${value.name})`] : [],
  )
  const architecture = root instanceof Map ? root.get('arch') : undefined
  const prefixed = references.every(([name]) => name.startsWith(parallelPrefix))
  const tensors = new Map<string, StoredTensor>()
  for (const [name, { storage: reference, view }] of references) {
    const storage = await storageOf(reference)
    const claimed = reference.elements * dtypes[reference.dtype].size
    const problem =
      claimed > storage.size
        ? `a storage of ${claimed} bytes is announced, ${storage.size} are there`
        : viewProblem(view, Math.floor(storage.size / dtypes[view.dtype].size))
    if (problem)
      throw new ThawError('weights.damaged', {
        file,
        ...because('tensor-wrong', { tensor: name, detail: problem }),
      })
    tensors.set(prefixed ? name.slice(parallelPrefix.length) : name, { view, storage })
  }
  const found: Found = {
    ...(held.under.length > 0 && { under: held.under.join('.') }),
    ...(others.length > 0 && { others: others.map(({ under }) => under.join('.')) }),
    ...(prefixed && { prefix: parallelPrefix }),
    ...(typeof architecture === 'string' && { architecture: architecture.slice(0, longestName) }),
    ...(strays.length > 0 && { strays }),
  }
  return { tensors, found }
}
