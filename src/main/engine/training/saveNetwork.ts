import path from 'node:path'
import type { RunRecord } from '../../../shared/run.ts'
import type { Weights } from '../model/weights.ts'
import { writeSafetensors } from '../weights/safetensors-writer.ts'

/** Where a run keeps its weights: those of the best epoch and those of the last. */
export const savedWeights = (folder: string, which: 'best' | 'last'): string =>
  path.join(folder, `${which}.safetensors`)

/**
 * Writes the whole network as PyTorch would have it, with what is needed to use it. There is no time, id or path in it: equal
 * weights are equal files.
 * @throws ThawError disk.full, output.unwritable
 */
export async function saveNetwork(
  folder: string,
  which: 'best' | 'last',
  weights: Weights,
  record: RunRecord,
): Promise<void> {
  await writeSafetensors(
    savedWeights(folder, which),
    weights.specs.map(({ name, shape, dtype }) => ({ name, shape, dtype, values: () => weights.take(name) })),
    {
      format: 'pt',
      architecture: record.network,
      classes: JSON.stringify(record.classes),
      preparation: JSON.stringify(record.preparation),
      plan: JSON.stringify(record.config.plan),
    },
  )
}
