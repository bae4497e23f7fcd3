import path from 'node:path'
import type { BrowsedPhoto, ScannedDataset } from '../../../shared/dataset.ts'
import { placeOfDataset } from '../../../shared/dataset.ts'
import type { PhotoItem, PhotoQuery } from '../../../shared/api/datasets.ts'
import type { Counted } from '../../../shared/api/call.ts'
import type { z } from 'zod'
import { defaultSeed } from '../../../shared/config.ts'
import { ThawError } from '../../../shared/errors.ts'
import { photoExtensions } from '../../../shared/photoFiles.ts'
import type { Figures } from '../datasets/figures.ts'
import { namesOf } from '../datasets/leftOut.ts'
import { countsUnder, matching } from '../datasets/query.ts'
import { scanSources } from '../datasets/sources.ts'
import { differsFromDisk, watchSources } from '../datasets/watchSources.ts'
import type { Library, LibraryHandlers } from './context.ts'

type DatasetCall =
  | 'datasets.list'
  | 'datasets.add'
  | 'datasets.get'
  | 'datasets.rescan'
  | 'datasets.watch'
  | 'datasets.rename'
  | 'datasets.remove'
  | 'datasets.photos'
  | 'pictures.grid'
  | 'datasets.heads'
  | 'datasets.counts'
  | 'datasets.paths'
  | 'datasets.thumbnails'

interface Scanning {
  signal: AbortSignal
  progress: (counted: z.infer<typeof Counted>) => void
}

/**
 * Why something can never be trained on, which is said at once, and no dataset is made of it: `dataset.no-photos`, `dataset.only-archives`,
 * `dataset.one-class`.
 * Photos without a class are none of that: classes can be made of them here.
 */
function impossibility(dataset: ScannedDataset): ThawError | undefined {
  const { classes, photos, unreadable, archives = [] } = dataset
  const folder = placeOfDataset(dataset)
  if (photos.length + unreadable.length === 0 && archives.length > 0)
    return new ThawError('dataset.only-archives', { folder, files: namesOf(archives) })
  if (photos.length + unreadable.length === 0)
    return new ThawError('dataset.no-photos', { folder, extensions: photoExtensions.join(' ') })
  if (classes.length === 1 && photos.every((photo) => photo.class !== null))
    return new ThawError('dataset.one-class', { folder, class: classes[0]! })
  return undefined
}

/** What a page needs, milliseconds, from being told of the first photos of a scan until it asks for their pictures. */
const untilAsked = 400
/** Fewer photos than these are looked at before it would. */
const worthWaiting = 500

/** What is kept by a dataset's id, which follows from its place, and is not of its journal. */
async function goAlong({ findings, relations, featureModels }: Library, from: string, to: string) {
  for (const kept of [findings, relations, featureModels]) await kept.move(from, to)
}

/**
 * Scans a folder, a list or an archive, and keeps what is found. Of one that is new, what is known so far can be looked at while the
 * scan goes on. `replaces`: the dataset whose folder was moved.
 */
export async function addDataset(library: Library, folder: string, scanning: Scanning, replaces?: string) {
  const { datasets, paths, pictures, foreground, emit } = library
  const place = path.resolve(folder)
  const isNew = replaces === undefined && !(await datasets.has(place))
  if (replaces !== undefined) await datasets.requireFree(place, replaces)
  let left = 0
  let parts = 0
  const onPart = async (part: ScannedDataset) => {
    // It would be shown, and be gone again at the end.
    if (impossibility(part)) return
    await datasets.keep(part)
    parts += 1
    if (parts === 1 && left > worthWaiting) foreground.expect(untilAsked)
    emit('datasets.changed', {})
  }
  try {
    const also = await datasets.sourcesOf({ place, id: replaces })
    const dataset = await scanSources(place, also, paths, {
      seed: defaultSeed,
      cacheFolder: paths.scans,
      signal: scanning.signal,
      onProgress: (counted) => {
        left = counted.total - counted.done
        scanning.progress(counted)
      },
      foreground,
      thumbnailOf: (photo) => pictures.thumbnailOf(photo),
      ...(isNew && { onPart }),
    })
    const why = isNew ? impossibility(dataset) : undefined
    if (why) throw why
    const { id } = await datasets.keep(dataset, replaces)
    if (replaces !== undefined && replaces !== id) await goAlong(library, replaces, id)
    emit('datasets.changed', {})
    return await datasets.summary(id)
  } catch (error) {
    if (isNew && (await datasets.has(place))) {
      await datasets.forget(place)
      emit('datasets.changed', {})
    }
    throw error
  }
}

/** A photo as the grid has it. */
export function itemOf(
  { pictures }: Library,
  of: { dataset: string; photo: BrowsedPhoto; figures: Figures; index: number },
): PhotoItem {
  const { dataset, photo, figures, index } = of
  const findings = figures.findings.get(photo.path)
  const answer = figures.answers.get(photo.path)
  return {
    ...photo,
    index,
    id: pictures.idOf(dataset, photo),
    ...(findings && { findings: [...findings] }),
    ...(answer && { answer }),
  }
}

/** Where a dataset was read from. */
/** Reads a known dataset again, perhaps from where its folder is now. @throws ThawError not-found, and as addDataset */
export async function scanAgain(
  library: Library,
  { dataset: id, folder }: { dataset: string; folder?: string | undefined },
  scanning: Scanning,
) {
  return addDataset(library, folder ?? placeOfDataset((await library.datasets.get(id)).dataset), scanning, id)
}

export function datasetHandlers(library: Library): Pick<LibraryHandlers, DatasetCall> {
  const { datasets, pictures, emit } = library
  const find = async (query: PhotoQuery) => {
    const { browsed } = await datasets.open(query.dataset)
    const figures = await library.figures.of(query.dataset, browsed)
    return { ...matching(browsed, query, figures), figures }
  }
  return {
    'datasets.list': async () => ({ datasets: await datasets.list() }),
    'datasets.add': ({ folder }, context) => addDataset(library, folder, context),
    'datasets.get': async ({ dataset: id }) => {
      const stored = await datasets.get(id)
      const {
        unreadable,
        emptyFolders = [],
        otherPictures = [],
        archives = [],
        missing = [],
      } = stored.dataset
      const { decisions, journal } = await datasets.open(id)
      const sources = [placeOfDataset(stored.dataset), ...decisions.sources]
      return {
        summary: await datasets.summary(id),
        unreadable,
        emptyFolders,
        otherPictures,
        archives,
        sources,
        missing,
        lostActs: journal.lost,
      }
    },
    'datasets.rescan': (asked, context) => scanAgain(library, asked, context),
    'datasets.watch': async ({ dataset: id }, { signal, progress }) => {
      const { stored, decisions } = await datasets.open(id)
      await watchSources([placeOfDataset(stored.dataset), ...decisions.sources], {
        signal,
        isStale: async () =>
          // A source that was added or removed, and then the process was killed before the scan.
          (stored.dataset.also ?? []).join('\n') !== decisions.sources.join('\n') ||
          (await differsFromDisk(stored.dataset)),
        onChange: () => {
          // Whether the folder is there is told of every dataset anew.
          emit('datasets.changed', {})
          progress({})
        },
      })
      return {}
    },
    'datasets.rename': async ({ dataset: id, name }) => {
      await datasets.rename(id, name)
      emit('datasets.changed', {})
      return datasets.summary(id)
    },
    'datasets.remove': async ({ dataset: id }) => {
      await datasets.remove(id)
      emit('datasets.changed', {})
      return {}
    },
    'datasets.photos': async ({ offset, limit, ...query }) => {
      const { found, figures } = await find(query)
      const photos = found
        .slice(offset, offset + limit)
        .map((photo, i) => itemOf(library, { dataset: query.dataset, photo, figures, index: offset + i }))
      return { total: found.length, photos }
    },
    'pictures.grid': async ({ pictures: ids, coarse }, { signal }) => ({
      pictures: await pictures.grid(ids, { coarse, signal }),
    }),
    'datasets.heads': async (query) => ({ heads: [...(await find(query)).heads] }),
    'datasets.counts': async ({ dataset, ...filter }) => {
      const { browsed } = await datasets.open(dataset)
      return countsUnder(browsed, filter, await library.figures.of(dataset, browsed))
    },
    'datasets.paths': async (query) => ({ paths: (await find(query)).found.map(({ path }) => path) }),
    'datasets.thumbnails': async ({ dataset, size }, { signal, progress }) => {
      await pictures.prepare(await datasets.get(dataset), size, { signal, onProgress: progress })
      return {}
    },
  }
}
