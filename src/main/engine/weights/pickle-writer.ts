import type { OutgoingTensor } from './outgoing.ts'
import { dtypes } from './dtypes.ts'
import { elementCount, rowMajor } from './strided.ts'

/**
 * The pickle of a state_dict (protocol 2, opcodes as in CPython's Lib/pickletools.py): an OrderedDict of contiguous CPU
 * tensors, each with a storage of its own, `data/0`, `data/1`, … in order.
 */
export function stateDictPickle(tensors: readonly OutgoingTensor[]): Uint8Array {
  const items = tensors.flatMap((tensor, index) => [...text(tensor.name), ...rebuildTensor(tensor, index)])
  const dictionary = called('collections', 'OrderedDict', tuple())
  return Buffer.concat([protocol2, dictionary, mark, items, setItems, stop].flat())
}

const op = (...codes: number[]): Buffer[] => [Buffer.from(codes)]
const protocol2 = op(0x80, 2)
const mark = op(0x28)
const setItems = op(0x75)
const stop = op(0x2e)
const no = op(0x89)

const global = (module: string, name: string): Buffer[] => [Buffer.from(`c${module}\n${name}\n`)]
const tuple = (...items: Buffer[][]): Buffer[] =>
  items.length === 0 ? op(0x29) : [...mark, ...items.flat(), ...op(0x74)]
const called = (module: string, name: string, args: Buffer[]): Buffer[] => [
  ...global(module, name),
  ...args,
  ...op(0x52),
]

function text(value: string): Buffer[] {
  const bytes = Buffer.from(value)
  const head = Buffer.from([0x58, 0, 0, 0, 0])
  head.writeUInt32LE(bytes.length, 1)
  return [head, bytes]
}

/** Counts up to 2^48: as a 32-bit integer where it fits, else as a long one. */
function integer(value: number): Buffer[] {
  const fits = value < 2 ** 31
  const bytes = Buffer.alloc(fits ? 4 : 7)
  bytes.writeUIntLE(value, 0, fits ? 4 : 6)
  return fits ? [...op(0x4a), bytes] : [...op(0x8a, 7), bytes]
}

function rebuildTensor({ shape, dtype }: OutgoingTensor, index: number): Buffer[] {
  const storageClass = global('torch', dtypes[dtype].storage)
  const storage = tuple(
    text('storage'),
    storageClass,
    text(String(index)),
    text('cpu'),
    integer(elementCount(shape)),
  )
  const sizes = tuple(...shape.map(integer))
  const strides = tuple(...rowMajor(shape).map(integer))
  const hooks = called('collections', 'OrderedDict', tuple())
  // (storage, offset, size, strides, requires_grad, backward_hooks)
  const args = tuple([...storage, ...op(0x51)], integer(0), sizes, strides, no, hooks)
  return called('torch._utils', '_rebuild_tensor_v2', args)
}
