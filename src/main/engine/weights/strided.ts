import type { DType } from './dtypes.ts'
import { dtypes, swapBytes, toFloat32 } from './dtypes.ts'
import { uncleared } from './source.ts'

/** A run of bytes that tensors are views of: a slice of a file, or an inflated zip entry. */
export interface Storage {
  /** Bytes. */
  size: number
  bigEndian: boolean
  /** Fills `target` from `offset` (bytes). */
  readInto: (target: Uint8Array, offset: number) => Promise<void>
}

/** How a tensor lies in its storage, as in PyTorch: element [i, j, …] is number offset + i·strides[0] + j·strides[1] + …. */
export interface View {
  dtype: DType
  shape: readonly number[]
  /** Elements. */
  strides: readonly number[]
  /** Elements. */
  offset: number
}

/** Bytes that are read and converted at a time where values cannot be read straight into place. */
const chunkBytes = 2 ** 23

/** A view may show an element many times (stride 0), but no file makes us fill more memory than this with such repeats. */
const largestRepeat = 2 ** 22

export const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Strides of a tensor whose last index runs fastest. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let d = shape.length - 1; d >= 0; d -= 1) {
    strides[d] = stride
    stride *= Math.max(1, shape[d]!)
  }
  return strides
}

interface Dimension {
  size: number
  /** Elements to go on in the storage, and in the row-major result. */
  from: number
  to: number
}

/** The dimensions that matter, largest stride first: walked in this order, a view is read from front to back. */
function storageOrder(view: View): Dimension[] {
  const target = rowMajor(view.shape)
  return view.shape
    .map((size, d) => ({ size, from: view.strides[d]!, to: target[d]! }))
    .filter(({ size }) => size !== 1)
    .sort((a, b) => b.from - a.from || b.to - a.to)
}

/** What is wrong with a view of `available` elements, if anything is. All numbers may be hostile. */
export function viewProblem(view: View, available: number): string | undefined {
  const numbers = [view.offset, ...view.shape, ...view.strides]
  if (view.shape.length !== view.strides.length) return 'as many strides as dimensions are wanted'
  if (numbers.some((n) => !Number.isSafeInteger(n) || n < 0)) return 'sizes, strides or offsets are no counts'
  const count = elementCount(view.shape)
  if (count === 0) return undefined
  const dimensions = storageOrder(view)
  const last = view.offset + dimensions.reduce((sum, { size, from }) => sum + (size - 1) * from, 0)
  if (!(last < available)) return `element ${last} is wanted from a storage of ${available}`
  if (count > Math.max(available, largestRepeat)) return `${count} values are made of only ${available}`
  let within = 0
  for (const { size, from } of dimensions.toReversed()) {
    if (from !== 0 && from <= within) return 'its rows overlap'
    within += (size - 1) * from
  }
  return undefined
}

function isRowMajor(view: View): boolean {
  const wanted = rowMajor(view.shape)
  return view.strides.every((stride, d) => view.shape[d] === 1 || stride === wanted[d])
}

/** Elements `first` to `first + count` of a storage as float32. */
async function readElements(storage: Storage, dtype: DType, first: number, count: number) {
  const { size } = dtypes[dtype]
  const bytes = uncleared(count * size)
  await storage.readInto(bytes, first * size)
  if (storage.bigEndian) swapBytes(bytes, dtype)
  return toFloat32(bytes, dtype)
}

/**
 * A tensor's values as float32, row-major whatever its strides. Needs little more memory than the result: only a chunk of
 * another type or order is held beside it.
 * @param view one in which `viewProblem` found nothing
 */
export async function readView(storage: Storage, view: View): Promise<Float32Array<ArrayBuffer>> {
  const { dtype, offset } = view
  const values = new Float32Array(uncleared(4 * elementCount(view.shape)).buffer)
  const chunk = chunkBytes / dtypes[dtype].size
  if (values.length === 0) return values
  if (!isRowMajor(view)) return gather(storage, view, values, chunk)
  if (dtype === 'float32' && !storage.bigEndian) {
    await storage.readInto(new Uint8Array(values.buffer), 4 * offset)
    return values
  }
  for (let at = 0; at < values.length; at += chunk)
    values.set(await readElements(storage, dtype, offset + at, Math.min(chunk, values.length - at)), at)
  return values
}

/** Reads a view of any strides from front to back and puts each element into its row-major place. */
async function gather(storage: Storage, view: View, values: Float32Array<ArrayBuffer>, chunk: number) {
  const dimensions = storageOrder(view)
  const end = view.offset + dimensions.reduce((sum, { size, from }) => sum + (size - 1) * from, 0) + 1
  const index = dimensions.map(() => 0)
  let [from, to] = [view.offset, 0]
  let [first, part] = [from, new Float32Array(0)]
  for (let n = 0; n < values.length; n += 1) {
    if (from - first >= part.length) {
      first = from
      part = await readElements(storage, view.dtype, first, Math.min(chunk, end - first))
    }
    values[to] = part[from - first]!
    for (let d = dimensions.length - 1; d >= 0; d -= 1) {
      const dimension = dimensions[d]!
      index[d]! += 1
      from += dimension.from
      to += dimension.to
      if (index[d]! < dimension.size) break
      index[d] = 0
      from -= dimension.from * dimension.size
      to -= dimension.to * dimension.size
    }
  }
  return values
}
