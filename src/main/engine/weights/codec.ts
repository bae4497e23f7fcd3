import { ThawError } from '../../../shared/errors.ts'
import type { DType } from './dtypes.ts'
import { dtypes } from './dtypes.ts'
import type { Source } from './source.ts'
import type { Storage, View } from './strided.ts'
import { elementCount, readView } from './strided.ts'

export interface TensorInfo {
  name: string
  /** As in PyTorch: [out, in, height, width] for a convolution, [out, in] for a linear layer. */
  shape: readonly number[]
  /** As stored; values are always read as float32. */
  dtype: DType
  /** Size of its values as stored. */
  bytes: number
}

/** What was done to get at the tensors of a file, for people who wonder where a name went. */
export interface Found {
  /** Keys of the checkpoint under which the tensors lie ("state_dict"). */
  under?: string
  /** Keys under which about as many tensors lie, which are not read: averages, or a second network. */
  others?: readonly string[]
  /** What all names began with, and do not any more ("module."). */
  prefix?: string
  /** What a checkpoint says that its network is (`arch`), as scripts after PyTorch's ImageNet example and timm's write it. */
  architecture?: string
  /** Entries that are no tensors and were left out, with what they are: "args (argparse.Namespace)". */
  strays?: readonly string[]
}

/** An open weight file. Its structure is checked when it is opened; values are read on demand, one tensor at a time. */
export interface WeightFile {
  path: string
  format: 'safetensors' | 'pth'
  /** Of `pth`: a zip archive (PyTorch 1.6 and later), or the older stream of pickles. */
  variant?: 'zip' | 'legacy'
  tensors: readonly TensorInfo[]
  metadata: Readonly<Record<string, string>>
  found: Found
  /** The tensor's values in row-major order. @throws ThawError `weights.changed` or `weights.truncated` if the file was changed meanwhile */
  read: (name: string) => Promise<Float32Array<ArrayBuffer>>
  close: () => Promise<void>
}

/** Everything Thaw knows of a file format. */
export interface Codec {
  format: WeightFile['format']
  /** File name endings, with the dot, lower case. */
  extensions: readonly string[]
  /** Whether a file that begins with these bytes (up to 512) is one of this format. */
  sniff: (head: Uint8Array, extension: string) => boolean
  /** Reads and checks the structure; takes the source over and closes it with the file. */
  open: (source: Source) => Promise<WeightFile>
}

export interface StoredTensor {
  view: View
  storage: Storage
}

/** Wraps the tensors that a codec found in a source. */
export function weightFile(
  source: Source,
  about: Pick<WeightFile, 'format' | 'variant' | 'metadata' | 'found'>,
  tensors: ReadonlyMap<string, StoredTensor>,
): WeightFile {
  return {
    ...about,
    path: source.path,
    tensors: Array.from(tensors, ([name, { view }]) => ({
      name,
      shape: view.shape,
      dtype: view.dtype,
      bytes: elementCount(view.shape) * dtypes[view.dtype].size,
    })),
    read: async (name) => {
      const tensor = tensors.get(name)
      if (!tensor) throw new ThawError('not-found', { what: 'a-tensor', tensor: name, file: source.path })
      const values = await readView(tensor.storage, tensor.view)
      await source.requireUnchanged()
      return values
    },
    close: () => source.close(),
  }
}

/** A part of a file as a storage. */
export function slice(source: Source, start: number, size: number, bigEndian = false): Storage {
  return { size, bigEndian, readInto: (target, offset) => source.readInto(target, start + offset) }
}
