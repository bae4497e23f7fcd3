import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Dataset } from '../../../shared/dataset.ts'
import { placeOfDataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { DataPaths } from '../store/paths.ts'
import type { StoredDataset } from '../store/datasets.ts'
import { readPast } from '../store/datasetPasts.ts'
import { storedDatasets } from '../store/datasets.ts'
import { lastingId } from '../../../shared/belonging.ts'
import { browsed, trainable } from './browse.ts'
import { Decisions } from './decisions.ts'
import { slowNamesOf } from './groups.ts'
import { Journal, journalFile } from './journal.ts'
import { repackings } from './repacked.ts'
import { prepared } from './resplit.ts'
import type { ScanOptions } from './scan.ts'
import { scanSource, scanSources } from './sources.ts'

/** What training gets of a dataset: its split by this seed where nothing else decides it, and over it what the person decided. */
export const forTraining = (
  {
    stored,
    decisions,
    lasting,
  }: { stored: Pick<StoredDataset, 'dataset'>; decisions: Decisions; lasting?: string },
  seed: number,
): Dataset => ({
  ...trainable(browsed(prepared(stored.dataset, decisions.rules, seed), decisions)),
  entry: decisions.entry,
  ...(lasting !== undefined && { id: lasting }),
})

export interface OpenOptions extends Omit<ScanOptions, 'cacheFolder'> {
  paths: Pick<DataPaths, 'datasets' | 'scans' | 'samples'>
  /** Told of how many photos' names the dataset's pattern for capture groups took too long on, where there are any. */
  onSlowNames: (names: number) => void
}

const isThere = (place: string): Promise<boolean> =>
  stat(place).then(
    () => true,
    () => false,
  )

/** A dataset by its name or id; of two with one name, the one that was added first. */
async function named(name: string, datasets: string): Promise<StoredDataset | undefined> {
  const all = await storedDatasets(datasets)
  return all.find((it) => it.name === name) ?? all.find((it) => it.id === name)
}

/**
 * What the command line means by FOLDER: a folder, a list (CSV, JSON) or a zip of photos as it lies on the disk; or, where no such
 * thing is there, the name of a dataset, whose labels, parts, crops and left-out photos then hold. The folder is looked at anew
 * either way.
 * @throws ThawError as scanDataset; `dataset.missing` if there is neither
 */
export async function openDataset(
  folderOrName: string,
  { paths, onSlowNames, ...given }: OpenOptions,
): Promise<Dataset> {
  const options: ScanOptions = { ...given, cacheFolder: paths.scans }
  if (await isThere(folderOrName)) {
    const dataset = await scanSource(folderOrName, paths, options)
    return forTraining({ stored: { dataset }, decisions: Decisions.of([]) }, options.seed)
  }
  const stored = await named(folderOrName, paths.datasets)
  if (!stored) throw new ThawError('dataset.missing', { folder: path.resolve(folderOrName) })
  const journal = await Journal.open(journalFile(paths.datasets, stored.id))
  const decisions = Decisions.of(journal.entries)
  const dataset = await scanSources(placeOfDataset(stored.dataset), decisions.sources, paths, options)
  for (const copies of await repackings(decisions.named, dataset, paths.samples)) decisions.follow(copies)
  const past = await readPast(paths.datasets, stored.id)
  const opened = forTraining(
    { stored: { dataset }, decisions, lasting: lastingId({ id: stored.id, past }) },
    options.seed,
  )
  // Only now, since the names are matched where the split is drawn.
  const slow = slowNamesOf(dataset)
  if (slow > 0) onSlowNames(slow)
  return opened
}
