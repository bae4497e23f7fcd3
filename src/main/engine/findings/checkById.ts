import type { ClassifyModel } from '../../../shared/api/classify.ts'
import type { FindingKind } from '../../../shared/findings.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import type { Folders } from '../../../shared/folders.ts'
import { openFeatureNetwork } from '../bank/datasetBank.ts'
import { Findings } from '../store/findings.ts'
import { dataPaths } from '../store/paths.ts'
import type { CheckControl } from './check.ts'
import { checkDataset } from './check.ts'

export interface KeptCheck {
  folders: Folders
  /** The dataset's id: what the findings are kept under. */
  id: string
  dataset: Dataset
  /** Whose features. */
  model: ClassifyModel
}

/**
 * Checks a dataset and keeps what was found.
 * @returns how many of each kind
 * @throws ThawError run.*, weights.*, backend.none, disk.full, output.unwritable, cancelled
 */
export async function checkAndKeep(
  { folders, id, dataset, model }: KeptCheck,
  control: CheckControl = {},
): Promise<Partial<Record<FindingKind, number>>> {
  const network = await openFeatureNetwork(folders.home, model)
  try {
    const found = await checkDataset(dataset, network, folders, control)
    await new Findings(dataPaths(folders).findings).keep(id, found, {
      model,
      backbone: network.opened.network.name,
    })
    const counts: Partial<Record<FindingKind, number>> = {}
    for (const { finding } of found) counts[finding] = (counts[finding] ?? 0) + 1
    return counts
  } finally {
    network.opened.weights.dispose()
  }
}
