import type { PhotoItem } from '../../../shared/api/datasets.ts'
import type { Counted } from '../../../shared/api/call.ts'
import type { z } from 'zod'
import { RunConfig } from '../../../shared/config.ts'
import { scanDataset } from '../datasets/scan.ts'
import type { StoredDataset } from '../store/datasets.ts'
import type { Library, LibraryHandlers } from './context.ts'

type DatasetCall =
  | 'datasets.list'
  | 'datasets.add'
  | 'datasets.get'
  | 'datasets.rescan'
  | 'datasets.rename'
  | 'datasets.remove'
  | 'datasets.photos'
  | 'datasets.thumbnails'

interface Scanning {
  signal: AbortSignal
  progress: (counted: z.infer<typeof Counted>) => void
}

/** Where a folder has no split of its own it is drawn with the seed that a run has by default. */
const defaultSeed = RunConfig.parse({}).seed

/** Scans a folder and keeps what is found. `replaces`: the dataset whose folder was moved. */
export async function addDataset(library: Library, folder: string, scanning: Scanning, replaces?: string) {
  const { datasets, paths, emit } = library
  const dataset = await scanDataset(folder, {
    seed: defaultSeed,
    cacheFolder: paths.scans,
    signal: scanning.signal,
    onProgress: scanning.progress,
  })
  const stored = await datasets.keep(dataset, replaces)
  emit('datasets.changed', {})
  return datasets.summary(stored)
}

type Filter = Parameters<LibraryHandlers['datasets.photos']>[0]

function matching({ dataset }: StoredDataset, filter: Filter): number[] {
  const search = filter.search.trim().normalize('NFC').toLowerCase()
  const matches = dataset.photos.map(
    (photo) =>
      (filter.class === null || photo.class === filter.class) &&
      (filter.split === null || photo.split === filter.split) &&
      (search === '' || photo.path.normalize('NFC').toLowerCase().includes(search)),
  )
  return [...matches.keys()].filter((i) => matches[i])
}

export function datasetHandlers(library: Library): Pick<LibraryHandlers, DatasetCall> {
  const { datasets, pictures, emit } = library
  return {
    'datasets.list': async () => ({ datasets: await datasets.list() }),
    'datasets.add': ({ folder }, context) => addDataset(library, folder, context),
    'datasets.get': async ({ dataset: id }) => {
      const stored = await datasets.get(id)
      const { unreadable, emptyFolders = [] } = stored.dataset
      return { summary: await datasets.summary(stored), unreadable, emptyFolders }
    },
    'datasets.rescan': async ({ dataset: id, folder }, context) => {
      const stored = await datasets.get(id)
      return addDataset(library, folder ?? stored.dataset.folder, context, id)
    },
    'datasets.rename': async ({ dataset: id, name }) => {
      const stored = await datasets.rename(id, name)
      emit('datasets.changed', {})
      return datasets.summary(stored)
    },
    'datasets.remove': async ({ dataset: id }) => {
      await datasets.remove(id)
      emit('datasets.changed', {})
      return {}
    },
    'datasets.photos': async (filter) => {
      const stored = await datasets.get(filter.dataset)
      const found = matching(stored, filter)
      const photos = found.slice(filter.offset, filter.offset + filter.limit).map((index): PhotoItem => {
        const photo = stored.dataset.photos[index]!
        return { ...photo, index, id: pictures.idOf(stored.id, photo) }
      })
      return { total: found.length, photos }
    },
    'datasets.thumbnails': async ({ dataset, size }, { signal, progress }) => {
      await pictures.prepare(await datasets.get(dataset), size, { signal, onProgress: progress })
      return {}
    },
  }
}
