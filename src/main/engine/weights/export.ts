import { openWeights } from './index.ts'
import { writePth } from './pth-writer.ts'
import { writeSafetensors } from './safetensors-writer.ts'

/**
 * Hands a run's weights on, tensor by tensor: as safetensors with all that the run's own file says of itself, and `more`; or in PyTorch's
 * own form, which holds tensors alone.
 * @throws ThawError weights.*, disk.full, output.unwritable
 */
export async function exportWeights(
  from: string,
  to: string,
  format: 'safetensors' | 'pth',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const weights = await openWeights(from)
  try {
    const tensors = weights.tensors.map(({ name, shape, dtype }) => ({
      name,
      shape,
      dtype: dtype === 'int64' ? ('int64' as const) : ('float32' as const),
      values: () => weights.read(name),
    }))
    if (format === 'pth') await writePth(to, tensors)
    else await writeSafetensors(to, tensors, { ...weights.metadata, ...more })
  } finally {
    await weights.close()
  }
}
