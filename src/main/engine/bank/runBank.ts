import type { Dataset, Photo, Split } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { Folders } from '../../../shared/folders.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { photoExtensions } from '../../../shared/photoFiles.ts'
import { readRecordHere } from '../store/datasetPasts.ts'
import { runFolderOf } from '../store/runFolder.ts'
import type { BankControl } from './bank.ts'
import type { DatasetBank, FeatureNetwork } from './datasetBank.ts'
import { bankOfDataset, openFeatureNetwork } from './datasetBank.ts'
import type { Labelled } from './learningCurve.ts'
import { rowsOf } from './matrix.ts'

/** What a head is learnt from again: a run's photos, or those of a dataset as it is now. */
export type HeadPhotos = Pick<
  Dataset,
  'folder' | 'layout' | 'classes' | 'photos' | 'source' | 'id' | 'entry'
> & { unreadable: number }

/** A run with the features that its own best weights give its photos. */
export interface RunBank {
  record: RunRecord
  folder: string
  network: FeatureNetwork
  dataset: HeadPhotos
  /** Indices in `bank` of a part’s photos, and what they show. */
  part: (split: Split) => Labelled & { indices: number[]; photos: Photo[] }
  bank: DatasetBank
}

/**
 * Opens a run and fills the bank with its photos, its training and validation part: the test part is not looked at. The caller
 * disposes of the network's weights.
 * @param dataset as it is now, with the labels that hold now; by default as the run had it
 * @throws ThawError run.*, weights.*, backend.none, dataset.no-photos, cancelled
 */
export async function openRunBank(
  folders: Folders,
  run: string,
  dataset: Dataset | undefined,
  control: BankControl = {},
): Promise<RunBank> {
  const folder = await runFolderOf(folders.home, run)
  const record = await readRecordHere(folders.home, folder)
  const photos: HeadPhotos = dataset
    ? { ...dataset, unreadable: dataset.unreadable.length }
    : { ...record.dataset, classes: record.classes }
  const seen = { ...photos, photos: photos.photos.filter(({ split }) => split !== 'test') }
  const network = await openFeatureNetwork(folders.home, { run: folder })
  try {
    const bank = await bankOfDataset(seen, network, folders, control)
    const byPath = new Map(seen.photos.map((photo) => [photo.path, photo]))
    const part: RunBank['part'] = (split) => {
      const indices = [...bank.photos.keys()].filter((i) => byPath.get(bank.photos[i]!.path)!.split === split)
      const own = indices.map((i) => byPath.get(bank.photos[i]!.path)!)
      return {
        indices,
        photos: own,
        features: rowsOf(bank.features, indices),
        labels: own.map((photo) => photo.class),
      }
    }
    for (const split of ['train', 'val'] as const)
      if (part(split).indices.length === 0)
        throw new ThawError('dataset.no-photos', {
          folder: seen.folder,
          extensions: photoExtensions.join(' '),
        })
    return { record, folder, network, dataset: photos, part, bank }
  } catch (error) {
    network.opened.weights.dispose()
    throw error
  }
}
