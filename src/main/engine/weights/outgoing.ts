import type { DType } from './dtypes.ts'
import { dtypes } from './dtypes.ts'
import { elementCount } from './strided.ts'

type OutgoingValues = Float32Array | Iterable<Float32Array>

/** A tensor on its way into a file. */
export interface OutgoingTensor {
  name: string
  /** As in PyTorch: [out, in, height, width] for a convolution, [out, in] for a linear layer. */
  shape: readonly number[]
  /** float32, or int64 for counts (`num_batches_tracked`). */
  dtype: Extract<DType, 'float32' | 'int64'>
  /**
   * Its values in row-major order, whole or in pieces; asked for once, when it is its turn: so no more than one tensor, or one
   * piece, is in memory.
   */
  values: () => OutgoingValues | Promise<OutgoingValues>
}

export const outgoingBytes = ({ shape, dtype }: OutgoingTensor): number =>
  elementCount(shape) * dtypes[dtype].size

/** The tensor's values as they stand in a file: little-endian, which every machine that Node runs on is. */
export async function* outgoingChunks(tensor: OutgoingTensor): AsyncGenerator<Uint8Array> {
  const values = await tensor.values()
  let found = 0
  for (const piece of values instanceof Float32Array ? [values] : values) {
    found += piece.length
    yield tensor.dtype === 'int64'
      ? new Uint8Array(BigInt64Array.from(piece, BigInt).buffer)
      : new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)
  }
  const wanted = elementCount(tensor.shape)
  if (found !== wanted) throw new Error(`${tensor.name}: ${found} values for ${wanted} places`)
}
