import path from 'node:path'
import type { Command } from 'commander'
import type { Dataset } from '../../shared/dataset.ts'
import { ThawError } from '../../shared/errors.ts'
import type { BankSource, DatasetBank, FeatureNetwork } from '../engine/bank/datasetBank.ts'
import { bankOfDataset, openFeatureNetwork } from '../engine/bank/datasetBank.ts'
import { photoExtensions } from '../../shared/photoFiles.ts'
import { openDataset } from '../engine/datasets/openDataset.ts'
import { currentFolders, dataPaths } from '../engine/store/paths.ts'
import { filePath } from './arguments.ts'
import { bar } from './bar.ts'
import { say, sayLeftOut, saySlowNames } from './output.ts'
import { told, words } from './words.ts'

/** Whose features a command looks at. */
export interface FeatureFlags {
  backbone: string
  weights?: string
  run?: string
}

/** The options by which a command is told whose features to take. */
export const withFeatureFlags = (command: Command): Command =>
  command
    .option('--backbone <name>', 'whose features', 'efficientnet-lite0')
    .option('--weights <file>', 'its weights (default: the starter weights)', filePath)
    .option('--run <run>', 'the features of a run instead: its id, name or folder')

/** @returns the network that the flags name */
export const sourceOf = ({ backbone, weights, run }: FeatureFlags): BankSource =>
  run === undefined ? { backbone, weights: weights ?? null } : { run }

export interface OpenedFeatures extends DatasetBank {
  dataset: Dataset
  network: FeatureNetwork
}

/**
 * Opens a dataset and a network, and takes its photos' features. Photos that cannot be read are said and left out.
 * The caller disposes of the network's weights.
 * @throws ThawError dataset.*, run.*, weights.*, backend.none, cancelled
 */
export async function openFeatures(
  given: string,
  flags: FeatureFlags,
  signal: AbortSignal,
): Promise<OpenedFeatures> {
  const folders = currentFolders()
  const dataset = await openDataset(given, {
    seed: 0,
    paths: dataPaths(folders),
    signal,
    onSlowNames: saySlowNames,
  })
  sayLeftOut(dataset)
  for (const one of dataset.unreadable) say(told(one))
  if (dataset.photos.length === 0)
    throw new ThawError('dataset.no-photos', {
      folder: dataset.folder,
      extensions: photoExtensions.join(' '),
    })
  const network = await openFeatureNetwork(folders.home, sourceOf(flags))
  try {
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      bar.show(done, total, words('ofPhotos', { total }))
    const bank = await bankOfDataset(dataset, network, folders, { signal, onProgress })
    bar.hide()
    for (const { error } of bank.failed) say(told(error))
    if (dataset.unreadable.length + bank.failed.length > 0) process.exitCode = 1
    return { ...bank, dataset, network }
  } catch (error) {
    network.opened.weights.dispose()
    throw error
  }
}

/** The absolute path of a dataset's photo. */
export const fileOf = ({ folder }: Pick<Dataset, 'folder'>, photo: { path: string }): string =>
  path.resolve(folder, photo.path)
