import type { ClassifyModel } from '../../../shared/api/classify.ts'
import type { FeaturesBy } from '../../../shared/api/features.ts'
import type { BrowsedDataset, BrowsedPhoto } from '../../../shared/dataset.ts'
import type { Folders } from '../../../shared/folders.ts'
import { readOpened } from '../store/datasets.ts'
import { dataPaths } from '../store/paths.ts'
import { keyOf, Relations } from '../store/relations.ts'
import type { BankControl } from './bank.ts'
import type { DatasetBank } from './datasetBank.ts'
import { bankOfDataset, openFeatureNetwork } from './datasetBank.ts'
import type { Matrix } from './matrix.ts'
import { rowsOf } from './matrix.ts'
import { loneliness, neighbours } from './neighbours.ts'
import { umapPositions } from './positions.ts'
import { outOfFold, probabilitiesBy, probeInTurns } from './probe.ts'

export interface RelateRequest {
  folders: Folders
  /** A dataset's id. */
  dataset: string
  /** Whose features. */
  model: ClassifyModel
}

/** Neighbours that are kept of each photo. */
const keptNeighbours = 24
const folds = 5
const seed = 1234

interface Looked {
  browsed: BrowsedDataset
  entry: number
  bank: DatasetBank
  by: FeaturesBy
  /** The photos of the bank's rows. */
  photos: readonly BrowsedPhoto[]
}

/** Features of all photos that can be read, whether they have a label or not. */
async function lookAtAll({ folders, dataset, model }: RelateRequest, control: BankControl): Promise<Looked> {
  const { browsed, decisions } = await readOpened(dataPaths(folders).datasets, dataset)
  const network = await openFeatureNetwork(folders.home, model)
  try {
    const photos = browsed.photos.map((photo) => ({ ...photo, class: photo.class ?? 0 }))
    const bank = await bankOfDataset({ folder: browsed.folder, photos }, network, folders, control)
    const byPath = new Map(browsed.photos.map((photo) => [photo.path, photo]))
    return {
      ...{ browsed, entry: decisions.entry, bank, by: { model, backbone: network.opened.network.name } },
      photos: bank.photos.map((it) => byPath.get(it.path)!),
    }
  } finally {
    network.opened.weights.dispose()
  }
}

/**
 * How sure heads are of each photo: of its label, by a head that has not learnt from it; of a photo without one, of what it seems to
 * be. NaN where there is nothing to learn from.
 */
async function certaintyOf(
  features: Matrix,
  photos: readonly BrowsedPhoto[],
  classes: number,
  { signal, onProgress }: BankControl,
): Promise<Float32Array> {
  const certainty = new Float32Array(photos.length).fill(NaN)
  const learnt = [...photos.keys()].filter((row) => photos[row]!.class !== null && !photos[row]!.out)
  const labels = learnt.map((row) => photos[row]!.class!)
  if (new Set(labels).size < 2 || labels.length < folds) return certainty
  const known = rowsOf(features, learnt)
  const groups = learnt.map((row) => photos[row]!.group ?? photos[row]!.path)
  const { probabilities } = await outOfFold(known, labels, classes, {
    ...{ folds, seed, groups, signal, onProgress },
  })
  learnt.forEach((row, i) => (certainty[row] = probabilities[i * classes + labels[i]!]!))
  const rest = [...photos.keys()].filter((row) => Number.isNaN(certainty[row]))
  if (rest.length === 0) return certainty
  const head = await probeInTurns(known, labels, classes, { signal })
  const asked = probabilitiesBy(head, rowsOf(features, rest))
  rest.forEach((row, i) => {
    const own = asked.subarray(i * classes, (i + 1) * classes)
    const label = photos[row]!.class
    certainty[row] = label === null ? Math.max(...own) : own[label]!
  })
  return certainty
}

/** A work goes through the photos so many times – for their features, then for what follows from them –, and a photo is done after the last. */
const inParts = (control: BankControl, parts: number) => ({
  first: {
    ...control,
    onProgress: ({ done, total }: Progress) =>
      control.onProgress?.({ done: Math.floor(done / parts), total }),
  },
  /** @param before parts that are done */
  after: (before: number, photos: number) => ({
    ...control,
    onProgress: ({ done, total }: Progress) =>
      control.onProgress?.({
        done: Math.floor((photos * (before + done / total)) / parts),
        total: photos,
      }),
  }),
})
type Progress = { done: number; total: number }

const about = ({ bank, by, photos }: Looked) => ({
  by,
  computed: new Date().toISOString(),
  paths: photos.map((photo) => photo.path),
  keys: photos.map((photo, row) => keyOf({ path: photo.path, hash: bank.photos[row]!.hash })),
})

/**
 * Works out which photos of a dataset are like which, how lonely each is, and how sure a probe is of its label, and keeps it.
 * @throws ThawError not-found, weights.*, backend.none, disk.full, output.unwritable, cancelled
 */
export async function relate(
  request: RelateRequest,
  control: BankControl = {},
): Promise<{ photos: number; computed: number }> {
  const { first, after } = inParts(control, 3)
  const looked = await lookAtAll(request, first)
  const { bank, browsed, photos } = looked
  const near = await neighbours(bank.features, keptNeighbours, {
    ...(control.signal && { signal: control.signal }),
    onProgress: after(1, photos.length).onProgress,
  })
  await control.passTurn?.()
  const { length } = browsed.classes
  const certainty = await certaintyOf(bank.features, photos, length, after(2, photos.length))
  await new Relations(dataPaths(request.folders).relations).keepNear(request.dataset, {
    ...about(looked),
    entry: looked.entry,
    k: near.k,
    neighbours: near.indices,
    distances: near.distances,
    lonely: Float32Array.from(loneliness(near)),
    certainty,
  })
  return { photos: photos.length, computed: bank.computed }
}

/**
 * Works out where the photos of a dataset lie on a map, and keeps it.
 * @throws ThawError as `relate`
 */
export async function mapDataset(
  request: RelateRequest,
  control: BankControl = {},
): Promise<{ photos: number }> {
  const { first, after } = inParts(control, 2)
  const looked = await lookAtAll(request, first)
  const photos = looked.photos.length
  const positions = await umapPositions(looked.bank.features, { seed, ...after(1, photos) })
  await new Relations(dataPaths(request.folders).relations).keepMap(request.dataset, {
    ...about(looked),
    positions,
  })
  return { photos }
}
