import type { FeatureCost } from '../../../shared/api/features.ts'
import type { Folders } from '../../../shared/folders.ts'
import { readOpened } from '../store/datasets.ts'
import { dataPaths } from '../store/paths.ts'
import { readSpeeds } from '../store/speeds.ts'
import type { BankSource } from './datasetBank.ts'
import { featuresOf } from './datasetBank.ts'
import { FeatureStore } from './featureStore.ts'
import { rowName } from './rowName.ts'

export interface CostRequest {
  folders: Folders
  /** A dataset's id. */
  dataset: string
  model: BankSource
}

/**
 * What a network has to do before it has looked at all photos of a dataset that can be read.
 * @throws ThawError not-found, run.*, weights.*, network.unknown, backend.none
 */
export async function featureCost({ folders, dataset, model }: CostRequest): Promise<FeatureCost> {
  const paths = dataPaths(folders)
  const { browsed } = await readOpened(paths.datasets, dataset)
  const { backbone, key } = await featuresOf(folders.home, model)
  const rows = await FeatureStore.rowsOf(paths.features, key)
  const isKept = ({ hash, crop }: (typeof browsed.photos)[number]) =>
    hash !== undefined && rows.has(rowName(hash, { kind: 'evaluation' }, crop))
  return {
    photos: browsed.photos.length,
    kept: browsed.photos.filter(isKept).length,
    photosPerSecond: (await readSpeeds(paths.speeds))[backbone] ?? null,
  }
}
