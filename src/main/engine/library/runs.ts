import { datasetOfRun, originOf } from '../../../shared/belonging.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { photosOf, placeOfDataset } from '../../../shared/dataset.ts'
import { movementOf } from '../evaluation/movement.ts'
import { watchedIndices } from '../evaluation/watchedPhotos.ts'
import { historyIn, readEpochAnswers } from '../store/epochAnswers.ts'
import { writeReport } from '../report/report.ts'
import { EventPages } from '../store/eventPages.ts'
import { withPhotosHere } from '../store/datasetPasts.ts'
import { readRecord } from '../store/runFolder.ts'
import type { JobResult } from '../../../shared/api/jobs.ts'
import type { Adding } from '../store/addRun.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { fileName, offer } from './offers.ts'

type RunCall =
  | 'runs.movement'
  | 'runs.report'
  | 'runs.pictures'
  | 'runs.watched'
  | 'runs.list'
  | 'runs.get'
  | 'runs.events'
  | 'runs.rename'
  | 'runs.remove'
  | 'runs.restore'

/** The work of `addRun`: see `store/addRun.ts`. @throws ThawError as there */
export async function addRunFrom(
  { runs, emit }: Library,
  folder: string,
  adding: Adding,
): Promise<JobResult<'addRun'>> {
  const { summary, isNew } = await runs.add(folder, adding)
  emit('runs.changed', {})
  return { run: summary.id, name: summary.name, isNew }
}

/** How many photos are watched while a run learns. */
const watched = 12

export function runHandlers({
  paths,
  runs,
  emit,
  datasets,
  pictures,
}: Library): Pick<LibraryHandlers, RunCall> {
  const changed = () => emit('runs.changed', {})
  const pages = new EventPages()

  /** Pictures of photos of a run, as far as its dataset is known still. */
  const picturesOf = async (record: RunRecord, photos: readonly string[]) => {
    const known = datasetOfRun(originOf(record), await datasets.list())
    if (!known) return { dataset: null, pictures: photos.map(() => null) }
    const { stored, decisions } = await datasets.open(known.id)
    const byPath = new Map(stored.dataset.photos.map((photo) => [photo.path, photo]))
    const pictureOf = (photo: string) => {
      const found = byPath.get(decisions.pathNow(photo))
      return found ? pictures.idOf(known.id, found) : null
    }
    return { dataset: known.id, pictures: photos.map(pictureOf) }
  }

  return {
    'runs.list': () => runs.list(),
    'runs.get': async ({ run }) => {
      const summary = await runs.get(run)
      const { config, preparation, environment, weights, dataset } = await withPhotosHere(
        await readRecord(summary.folder),
        paths.datasets,
      )
      const { folder, layout, unreadable } = dataset
      const place = layout === 'list' ? (dataset.source ?? null) : placeOfDataset(dataset)
      const [train, val] = [photosOf(dataset, 'train').length, photosOf(dataset, 'val').length]
      return {
        summary,
        config,
        preparation,
        environment,
        weights,
        dataset: { folder, place, layout, train, val, unreadable },
      }
    },
    'runs.events': async ({ run, from, limit, every }) =>
      pages.read(await runs.folder(run), from, limit, every),
    'runs.pictures': async ({ run, photos }) => {
      return picturesOf(await readRecord(await runs.folder(run)), photos)
    },
    'runs.watched': async ({ run }) => {
      const folder = await runs.folder(run)
      const [record, epochs] = await Promise.all([readRecord(folder), readEpochAnswers(folder)])
      const photos = photosOf(record.dataset, 'val')
      const indices = watchedIndices(photos, record.config.seed, watched)
      const { pictures: ids } = await picturesOf(
        record,
        indices.map((index) => photos[index]!.path),
      )
      return {
        photos: indices.map((index, i) => ({
          photo: photos[index]!.path,
          truth: photos[index]!.class,
          picture: ids[i] ?? null,
          history: historyIn(epochs, index),
        })),
      }
    },
    'runs.movement': async ({ run }, { signal }) => ({
      tensors: await movementOf(await runs.folder(run), signal),
    }),
    'runs.report': async ({ run, language }) => {
      const { folder, name } = await runs.get(run)
      return offer({ paths }, `${run}-report`, fileName(name, 'html'), async (file) => {
        await writeReport(folder, file, language)
      })
    },
    'runs.rename': async ({ run, name }) => {
      const summary = await runs.rename(run, name)
      changed()
      return summary
    },
    'runs.remove': async ({ run }) => {
      await runs.remove(run)
      changed()
      return {}
    },
    'runs.restore': async ({ run }) => {
      const summary = await runs.restore(run)
      changed()
      return summary
    },
  }
}
