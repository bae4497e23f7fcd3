import path from 'node:path'
import type { TensorSpec } from '../../../shared/model/layers.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { linkOrCopy } from '../files.ts'
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
    metadataOf(record),
  )
}

/** What goes with a run's weights, so that whoever opens the file gets the run's own answers. */
export const metadataOf = ({ network, classes, preparation, config }: RunRecord): Record<string, string> => ({
  format: 'pt',
  architecture: network,
  classes: JSON.stringify(classes),
  preparation: JSON.stringify(preparation),
  plan: JSON.stringify(config.plan),
  ...(config.precision === 'fast' && { precision: 'fast' }),
})

/** Where the last epoch is the best one, its file serves for both. @throws ThawError disk.full, output.unwritable */
export const saveLastAsBest = (folder: string): Promise<void> =>
  linkOrCopy(savedWeights(folder, 'best'), savedWeights(folder, 'last'))
