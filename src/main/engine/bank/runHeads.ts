import path from 'node:path'
import type { Curve, HeadSpread, NextToLabel, SimilarPhotos, Why } from '../../../shared/api/bank.ts'
import type { Dataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Folders } from '../../../shared/folders.ts'
import { dataPaths } from '../store/paths.ts'
import { bankOf } from './bank.ts'
import type { BankControl } from './bank.ts'
import { openFeatureNetwork } from './datasetBank.ts'
import { labelNext } from './labelNext.ts'
import { nearest } from './neighbours.ts'
import { classGains, learningCurve } from './learningCurve.ts'
import { rowsOf } from './matrix.ts'
import { probabilitiesBy, probe, probeInTurns } from './probe.ts'
import { ownHead } from './retrainHead.ts'
import type { RunBank } from './runBank.ts'
import { openRunBank } from './runBank.ts'
import { spreadOfHead } from './spreadOfHead.ts'
import { withoutPhotos } from './withoutPhoto.ts'

export { retrainHead } from './retrainHead.ts'

/** Whose head, and on which photos: the run's, or a dataset's as it is now. */
export interface HeadRequest {
  folders: Folders
  /** Id, name or folder. */
  run: string
  dataset?: Dataset | undefined
}

/** Rows of a regression that is solved for nothing but to be faster the next time. */
const warmRows = 64

/**
 * Does what a first retraining of this run would lose time with: the backend, the run's weights, a solution. Computes no features,
 * which might take minutes that nobody asked for.
 * @throws ThawError run.*, weights.*, backend.none
 */
export async function warmUp({ folders, run }: Pick<HeadRequest, 'folders' | 'run'>): Promise<void> {
  const network = await openFeatureNetwork(folders.home, { run })
  try {
    const { weights, network: its } = network.opened
    const columns = weights.spec(`${its.head}.weight`).shape[1]!
    const values = Float32Array.from({ length: warmRows * columns }, (_, i) => Math.sin(i * i))
    const labels = Array.from({ length: warmRows }, (_, i) => i % its.classes)
    if (its.classes > 1 && its.classes <= warmRows)
      probe({ values, rows: warmRows, columns }, labels, its.classes, {})
  } finally {
    network.opened.weights.dispose()
  }
}

async function withRunBank<T>(
  { folders, run, dataset }: HeadRequest,
  control: BankControl,
  ask: (bank: RunBank) => Promise<T>,
): Promise<T> {
  const bank = await openRunBank(folders, run, dataset, control)
  try {
    return await ask(bank)
  } finally {
    bank.network.opened.weights.dispose()
  }
}

/**
 * *Without this photo*: a head solved on the run's features, and solved again without each of the most similar training photos.
 * @throws ThawError run.*, weights.*, not-found for a photo that the run has not seen, probe.one-class, cancelled
 */
export const whyOf = (
  request: HeadRequest & { photo: string; nearest: number },
  control: BankControl = {},
): Promise<Why> =>
  withRunBank(request, control, async (opened) => {
    const { bank, dataset } = opened
    const index = bank.photos.findIndex((photo) => photo.path === request.photo)
    if (index === -1) throw new ThawError('not-found', { what: 'this-photo' })
    const asked = rowsOf(bank.features, [index])
    const { features, labels, photos } = opened.part('train')
    const classes = dataset.classes.length
    const { probabilities, without } = await withoutPhotos(features, labels, classes, asked.values, {
      k: request.nearest,
      own: photos.findIndex((photo) => photo.path === request.photo),
      signal: control.signal,
    })
    return {
      classes: dataset.classes,
      own: [...probabilitiesBy(ownHead(opened, dataset.classes), asked)],
      solved: probabilities,
      without: without.map(({ index: left, ...it }) => ({
        photo: photos[left]!.path,
        class: labels[left]!,
        ...it,
      })),
    }
  })

/** The training photos nearest to one of the run's photos. @throws ThawError run.*, weights.*, not-found, cancelled */
export const similarOf = (
  request: HeadRequest & { photo: string; top: number },
  control: BankControl = {},
): Promise<SimilarPhotos> =>
  withRunBank(request, control, ({ bank, part }) => {
    const index = bank.photos.findIndex((photo) => photo.path === request.photo)
    if (index === -1) throw new ThawError('not-found', { what: 'this-photo' })
    const { features, photos } = part('train')
    const found = nearest(features, rowsOf(bank.features, [index]).values, request.top + 1)
      .map(({ index: at, distance }) => ({ ...photos[at]!, distance }))
      .filter((photo) => photo.path !== request.photo)
    const similar = found.slice(0, request.top).map((photo) => ({
      photo: photo.path,
      class: photo.class,
      distance: photo.distance,
    }))
    return Promise.resolve({ similar })
  })

/** @throws ThawError run.*, weights.*, probe.one-class, cancelled */
export const curveOf = (request: HeadRequest, control: BankControl = {}): Promise<Curve> =>
  withRunBank(request, control, async (opened) => {
    const [train, val] = [opened.part('train'), opened.part('val')]
    const classes = opened.dataset.classes.length
    const curve = await learningCurve(train, val, classes, control)
    return { ...curve, gains: await classGains(train, val, classes, control) }
  })

/** Over all photos that a training sees. @throws ThawError run.*, weights.*, probe.*, cancelled */
export const spreadOfRun = (
  request: HeadRequest & { folds: number; seeds: number },
  control: BankControl = {},
): Promise<HeadSpread> =>
  withRunBank(request, control, ({ bank, dataset }) =>
    spreadOfHead(
      { features: bank.features, labels: bank.photos.map((photo) => photo.class) },
      dataset.classes.length,
      {
        folds: request.folds,
        seeds: request.seeds,
        groups: bank.photos.map(({ group, hash }) => group ?? hash),
        ...control,
      },
    ),
  )

/**
 * @param unlabelled paths in the dataset's folder
 * @throws ThawError run.*, weights.*, probe.one-class, cancelled
 */
export const nextToLabel = (
  request: HeadRequest & { unlabelled: readonly string[]; count: number },
  control: BankControl = {},
): Promise<NextToLabel> =>
  withRunBank(request, control, async ({ network, dataset, part }) => {
    const train = part('train')
    const head = await probeInTurns(train.features, train.labels, dataset.classes.length, {
      signal: control.signal,
    })
    const photos = request.unlabelled.map((photo) => ({ file: path.resolve(dataset.folder, photo) }))
    const folder = dataPaths(request.folders).features
    const bank = await bankOf({ ...network, sha256: network.body, photos, folder }, control)
    const failed = new Set(bank.failed.map(({ index }) => index))
    const readable = [...photos.keys()].filter((index) => !failed.has(index))
    const found = labelNext(head, rowsOf(bank.features, readable), request.count)
    return {
      classes: dataset.classes,
      photos: found.map(({ index, ...it }) => ({ photo: request.unlabelled[readable[index]!]!, ...it })),
    }
  })
