import type { DType } from './dtypes.ts'
import { dtypes } from './dtypes.ts'
import { elementCount } from './strided.ts'

/** A tensor on its way into a file. */
export interface OutgoingTensor {
  name: string
  /** As in PyTorch: [out, in, height, width] for a convolution, [out, in] for a linear layer. */
  shape: readonly number[]
  /** float32, or int64 for counts (`num_batches_tracked`). */
  dtype: Extract<DType, 'float32' | 'int64'>
  /** Its values in row-major order, asked for once, when it is its turn: so one tensor at a time is in memory. */
  values: () => Float32Array | Promise<Float32Array>
}

export const outgoingBytes = ({ shape, dtype }: OutgoingTensor): number =>
  elementCount(shape) * dtypes[dtype].size

/** The tensor's values as they stand in a file: little-endian, which every machine that Node runs on is. */
export async function outgoingData(tensor: OutgoingTensor): Promise<Uint8Array> {
  const values = await tensor.values()
  const wanted = elementCount(tensor.shape)
  if (values.length !== wanted)
    throw new Error(`${tensor.name}: ${values.length} values for ${wanted} places`)
  if (tensor.dtype === 'int64') return new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
