import { createReadStream } from 'node:fs'
import { writeAtomic } from '../files.ts'
import { openWeights } from './index.ts'
import { writePth } from './pth-writer.ts'

/**
 * Hands weights on. Those of a run are safetensors already; PyTorch's own form is made from them tensor by tensor.
 * @throws ThawError weights.*, disk.full, output.unwritable
 */
export async function exportWeights(from: string, to: string, format: 'safetensors' | 'pth'): Promise<void> {
  const weights = await openWeights(from)
  try {
    if (format === 'safetensors') {
      await writeAtomic(to, createReadStream(from) as AsyncIterable<Uint8Array>)
      return
    }
    const tensors = weights.tensors.map(({ name, shape, dtype }) => ({
      name,
      shape,
      dtype: dtype === 'int64' ? ('int64' as const) : ('float32' as const),
      values: () => weights.read(name),
    }))
    await writePth(to, tensors)
  } finally {
    await weights.close()
  }
}
