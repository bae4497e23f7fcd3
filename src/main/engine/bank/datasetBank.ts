import path from 'node:path'
import type { Dataset } from '../../../shared/dataset.ts'
import type { PlainError } from '../../../shared/errors.ts'
import type { Folders } from '../../../shared/folders.ts'
import type { Compute } from '../backend/compute.ts'
import { openCompute } from '../backend/compute.ts'
import { sha256Of } from '../checksum.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { openNetwork } from '../model/open.ts'
import { dataPaths } from '../store/paths.ts'
import { readRecord, runFolderOf } from '../store/runFolder.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import type { Bank, BankControl, BankPhoto } from './bank.ts'
import { bankOf } from './bank.ts'
import type { Matrix } from './matrix.ts'

/** Whose features: a published network's or a file's, or those of a run's best weights. */
export type BankSource = { backbone: string; weights: string | null } | { run: string }

/** A network that is ready to give features. */
export interface FeatureNetwork {
  compute: Compute
  opened: OpenedNetwork
  sha256: string
}

/**
 * The caller disposes of its weights.
 * @throws ThawError run.*, weights.*, network.unknown, backend.none
 */
export async function openFeatureNetwork(home: string, source: BankSource): Promise<FeatureNetwork> {
  if ('run' in source) {
    const folder = await runFolderOf(home, source.run)
    const record = await readRecord(folder)
    const file = await bestWeightsOf(folder)
    const compute = await openCompute(record.config.threads, record.config.precision)
    const opened = await openNetwork({ backbone: record.network, file })
    return { compute, opened, sha256: await sha256Of(file) }
  }
  const compute = await openCompute(null, 'exact')
  const opened = await openNetwork({ backbone: source.backbone, file: source.weights })
  return { compute, opened, sha256: await sha256Of(opened.file) }
}

/** A dataset's photos that can be read, with their features: everything else in this folder stands on it. */
export interface DatasetBank {
  features: Matrix
  /** Their paths in the dataset, and their classes. */
  photos: { path: string; class: number; hash: string; group?: string | undefined }[]
  computed: number
  /** Photos that cannot be read, by their path in the dataset. */
  failed: { photo: string; error: PlainError }[]
}

/**
 * The features of all photos of a dataset.
 * @throws ThawError as openFeatureNetwork; cancelled
 */
export async function bankOfDataset(
  dataset: Pick<Dataset, 'folder' | 'photos'>,
  network: FeatureNetwork,
  folders: Folders,
  control: BankControl = {},
): Promise<DatasetBank> {
  const photos = dataset.photos.map((photo): BankPhoto => ({
    file: path.resolve(dataset.folder, photo.path),
    hash: photo.hash,
    crop: photo.crop,
  }))
  const bank = await bankOf({ ...network, photos, folder: dataPaths(folders).features }, control)
  return withoutFailed(dataset, bank)
}

function withoutFailed({ photos }: Pick<Dataset, 'photos'>, bank: Bank): DatasetBank {
  const failed = new Set(bank.failed.map(({ place }) => place))
  const places = [...photos.keys()].filter((place) => !failed.has(place))
  const { values, columns } = bank.features
  const kept = failed.size === 0 ? values : new Float32Array(places.length * columns)
  if (failed.size > 0)
    places.forEach((place, i) =>
      kept.set(values.subarray(place * columns, (place + 1) * columns), i * columns),
    )
  return {
    features: { values: kept, rows: places.length, columns },
    photos: places.map((place) => {
      const { path: name, class: label, group } = photos[place]!
      return { path: name, class: label, hash: bank.hashes[place]!, group }
    }),
    computed: bank.computed,
    failed: bank.failed.map(({ place, error }) => ({ photo: photos[place]!.path, error })),
  }
}
