import { createReadStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import path from 'node:path'
import type { TensorSpec } from '../../../shared/model/layers.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { renameOver, writeAtomic } from '../files.ts'
import type { OutgoingTensor } from '../weights/outgoing.ts'
import { writeSafetensors } from '../weights/safetensors-writer.ts'

/** Where a run keeps its weights: those of the best epoch and those of the last. */
export const savedWeights = (folder: string, which: 'best' | 'last'): string =>
  path.join(folder, `${which}.safetensors`)

/**
 * Writes the whole network as PyTorch would have it, with what is needed to use it. There is no time, id or path in it: equal
 * weights are equal files.
 * @param valuesOf a tensor's values, row-major in PyTorch's layout
 * @throws ThawError disk.full, output.unwritable
 */
export async function saveNetwork(
  folder: string,
  which: 'best' | 'last',
  specs: readonly TensorSpec[],
  valuesOf: (name: string) => ReturnType<OutgoingTensor['values']>,
  record: RunRecord,
): Promise<void> {
  await writeSafetensors(
    savedWeights(folder, which),
    specs.map(({ name, shape, dtype }) => ({ name, shape, dtype, values: () => valuesOf(name) })),
    {
      format: 'pt',
      architecture: record.network,
      classes: JSON.stringify(record.classes),
      preparation: JSON.stringify(record.preparation),
      plan: JSON.stringify(record.config.plan),
      // Whoever opens the file shall get the run's own answers.
      ...(record.config.precision === 'fast' && { precision: 'fast' }),
    },
  )
}

/**
 * Where the last epoch is the best one, its file serves for both: a link, or a copy where the disk knows no links. Every
 * writer replaces a file and never changes one, so that the two names cannot disturb each other.
 * @throws ThawError disk.full, output.unwritable
 */
export async function saveLastAsBest(folder: string): Promise<void> {
  const [best, last] = [savedWeights(folder, 'best'), savedWeights(folder, 'last')]
  // Named like other unfinished files (files.ts), so that it is found if the process ends here.
  const temporary = `${last}.${process.pid}-0.tmp`
  await rm(temporary, { force: true })
  try {
    await link(best, temporary)
    await renameOver(temporary, last)
  } catch {
    await writeAtomic(last, createReadStream(best, { highWaterMark: 2 ** 20 }))
  } finally {
    // Renaming a link over another one of the same file does nothing, and leaves it there.
    await rm(temporary, { force: true })
  }
}
