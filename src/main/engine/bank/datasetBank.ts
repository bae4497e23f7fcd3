import path from 'node:path'
import type { Dataset } from '../../../shared/dataset.ts'
import type { PlainError } from '../../../shared/errors.ts'
import type { Folders } from '../../../shared/folders.ts'
import type { Compute } from '../backend/compute.ts'
import { openCompute } from '../backend/compute.ts'
import { sha256Of } from '../checksum.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { planFor } from '../../../shared/planFor.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { describeWeights, openNetwork, weightFileOf } from '../model/open.ts'
import { dataPaths } from '../store/paths.ts'
import { readRecord, runFolderOf } from '../store/runFolder.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'
import type { Bank, BankControl, BankPhoto } from './bank.ts'
import { bankOf } from './bank.ts'
import type { FeatureKey } from './featureStore.ts'
import { featureKey } from './featureKey.ts'
import type { Matrix } from './matrix.ts'

/** Whose features: a published network's, a file's, or those of a run's best weights. */
export type BankSource = { backbone: string; weights: string | null } | { file: string } | { run: string }

/** A network that is ready to give features. */
export interface FeatureNetwork {
  compute: Compute
  opened: OpenedNetwork
  /** Of the weight file. */
  sha256: string
  /** Of the file whose body gives the same features: what the bank keeps them under. */
  body: string
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
    const sha256 = await sha256Of(file)
    return { compute, opened, sha256, body: bodyOf(record, opened) ?? sha256 }
  }
  const compute = await openCompute(null, 'exact')
  const opened = await openNetwork(chosenBy(source))
  const sha256 = await sha256Of(opened.file)
  return { compute, opened, sha256, body: sha256 }
}

/** A network that no run has. */
const chosenBy = (source: Exclude<BankSource, { run: string }>) =>
  'file' in source
    ? { backbone: null, file: source.file }
    : { backbone: source.backbone, file: source.weights }

/**
 * What a network's features are kept under, and its architecture's name: as `openFeatureNetwork` has it, without reading its weights
 * into memory.
 * @throws ThawError as openFeatureNetwork
 */
export async function featuresOf(
  home: string,
  source: BankSource,
): Promise<{ backbone: string; key: FeatureKey }> {
  const record = 'run' in source ? await readRecord(await runFolderOf(home, source.run)) : undefined
  const chosen =
    'run' in source
      ? { backbone: record!.network, file: await bestWeightsOf(await runFolderOf(home, source.run)) }
      : chosenBy(source)
  const { environment } = await openCompute(
    record?.config.threads ?? null,
    record?.config.precision ?? 'exact',
  )
  const { network, preparation } = await describeWeights(chosen)
  const own = () => sha256Of(weightFileOf(chosen))
  const weights = (record && bodyOf(record, { network })) ?? (await own())
  return { backbone: network.name, key: featureKey({ network, preparation, weights, environment }) }
}

/**
 * The file that a run began with, where nothing but its head has learnt: then all below is still the same to the bit, as the freeze
 * receipt proves, and what training and other runs kept of it serves. undefined where the body has learnt.
 */
function bodyOf(
  { config, weights, solvedHead }: RunRecord,
  { network }: Pick<OpenedNetwork, 'network'>,
): string | undefined {
  if (solvedHead) return solvedHead.body
  const isOfHead = (tensor: string) => tensor.startsWith(`${network.head}.`)
  const learnsOnlyHead = [1, ...config.thaw.map(({ epoch }) => epoch)].every((epoch) => {
    const { learningRates, updating } = resolvePlan(network, planFor(config, network, epoch))
    return updating.size === 0 && [...learningRates.keys()].every(isOfHead)
  })
  return learnsOnlyHead ? weights.sha256 : undefined
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
  const bank = await bankOf(
    { ...network, sha256: network.body, photos, folder: dataPaths(folders).features },
    control,
  )
  return withoutFailed(dataset, bank)
}

function withoutFailed({ photos }: Pick<Dataset, 'photos'>, bank: Bank): DatasetBank {
  const failed = new Set(bank.failed.map(({ index }) => index))
  const indices = [...photos.keys()].filter((index) => !failed.has(index))
  const { values, columns } = bank.features
  const kept = failed.size === 0 ? values : new Float32Array(indices.length * columns)
  if (failed.size > 0)
    indices.forEach((index, i) =>
      kept.set(values.subarray(index * columns, (index + 1) * columns), i * columns),
    )
  return {
    features: { values: kept, rows: indices.length, columns },
    photos: indices.map((index) => {
      const { path: name, class: label, group } = photos[index]!
      return { path: name, class: label, hash: bank.hashes[index]!, group }
    }),
    computed: bank.computed,
    failed: bank.failed.map(({ index, error }) => ({ photo: photos[index]!.path, error })),
  }
}
