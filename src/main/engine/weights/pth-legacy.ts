import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { WeightFile } from './codec.ts'
import { slice, weightFile } from './codec.ts'
import { dtypes } from './dtypes.ts'
import { unpickle } from './pickle.ts'
import type { PickleValue } from './pickle-values.ts'
import type { Source } from './source.ts'
import { stateDict } from './state-dict.ts'
import type { Storage } from './strided.ts'
import type { StorageReference } from './torch-objects.ts'
import { torchRules } from './torch-objects.ts'

/** A tensor takes about 350 bytes of pickle: this is room for 48,000. */
export const largestPickle = 2 ** 24

/** The values of NumPy's arrays stand within the pickle, which makes it as long as the weights; the first is named at its beginning. */
const arraysAtStart = /numpy\.(?:_?core\.)?(?:multiarray|numeric)/

/** Why a pickle is too long to be read. @param start its first bytes */
export const tooLong = (start: Uint8Array, longest: number) =>
  arraysAtStart.test(Buffer.from(start).toString('latin1'))
    ? because('numpy-arrays')
    : because('pickle-long', { bytes: longest })

/** The first thing in the stream, as torch.serialization has it. */
const magicNumber = 0x1950a86a20f9469cfc6cn
const protocolVersion = 1001
/** How the magic number begins as a pickle: protocol, then an integer of ten bytes, lowest first. */
const magicStart = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20]

export function isLegacy(head: Uint8Array): boolean {
  // From protocol 4 on a frame with its length in 8 bytes comes first.
  const at = head[2] === 0x95 ? 11 : 2
  return head[0] === 0x80 && head[at] === 0x8a && magicStart.every((byte, i) => head[at + 2 + i] === byte)
}

/**
 * The format of torch.save before PyTorch 1.6 (torch.serialization._legacy_save): five pickles – magic number, version, facts
 * about the machine, the object, the keys of its storages in order – and then each storage: its number of elements in 8
 * bytes, and its bytes. All of it is little-endian whatever the machine.
 */
export async function openLegacy(source: Source): Promise<WeightFile> {
  const file = source.path
  const damaged = (detail: string) =>
    new ThawError('weights.damaged', { file, ...because('pickle-wrong', { detail }) })
  const bytes = await source.read(0, Math.min(source.size, largestPickle))
  // Storages are known by the pickle of the object, and their places only afterwards.
  const references = new Map<string, StorageReference>()
  const rules = torchRules(file)
  let at = 0
  const next = (): PickleValue => {
    try {
      const { value, end } = unpickle(bytes, at, file, { ...rules, persistent: rememberStorage })
      at = end
      return value
    } catch (error) {
      if (!(error instanceof ThawError && error.code === 'weights.truncated' && bytes.length < source.size))
        throw error
      // Its end lies behind what is read of it, and not behind the file's.
      const why = tooLong(bytes.subarray(at, at + 4096), largestPickle)
      throw new ThawError('weights.unsupported', { file, ...why }, { cause: error })
    }
  }
  const rememberStorage = (id: PickleValue): PickleValue => {
    const reference = rules.persistent(id)
    references.set(reference.key, reference)
    return reference
  }
  if (next() !== magicNumber) throw damaged('its magic number is wrong')
  const version = next()
  if (version !== protocolVersion)
    throw new ThawError('weights.unsupported', { file, ...because('unknown-version') })
  next()
  const object = next()
  const keys = next()
  if (!Array.isArray(keys)) throw damaged('the list of its storages is none')

  const storages = new Map<string, Storage>()
  for (const key of keys) {
    const reference = typeof key === 'string' ? references.get(key) : undefined
    if (!reference || storages.has(reference.key)) throw damaged('the list of its storages is wrong')
    const elements = new DataView((await source.read(at, 8)).buffer).getBigUint64(0, true)
    const size = Number(elements) * dtypes[reference.dtype].size
    at += 8
    if (at + size > source.size)
      throw new ThawError('weights.truncated', {
        file,
        ...because('bytes-missing', { bytes: at + size - source.size }),
      })
    storages.set(reference.key, slice(source, at, size))
    at += size
  }
  if (at !== source.size)
    throw new ThawError('weights.damaged', {
      file,
      ...because('bytes-left', { bytes: source.size - at }),
    })

  const { tensors, found } = await stateDict(object, file, ({ key }) => {
    const storage = storages.get(key)
    if (!storage) throw damaged(`the storage ${key} is missing`)
    return storage
  })
  return weightFile(source, { format: 'pth', variant: 'legacy', metadata: {}, found }, tensors)
}
