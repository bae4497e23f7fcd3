import type { RunEvent } from '../../../shared/run.ts'
import { readEvents, readRecord } from '../store/runFolder.ts'
import type { Library, LibraryHandlers } from './context.ts'

type RunCall =
  'runs.pictures' | 'runs.list' | 'runs.get' | 'runs.events' | 'runs.rename' | 'runs.remove' | 'runs.restore'

export function runHandlers({ runs, emit, datasets, pictures }: Library): Pick<LibraryHandlers, RunCall> {
  const changed = () => emit('runs.changed', {})
  return {
    'runs.list': () => runs.list(),
    'runs.get': async ({ run }) => {
      const summary = await runs.get(run)
      const { config, preparation, environment, weights, dataset } = await readRecord(summary.folder)
      const { folder, layout, photos, unreadable } = dataset
      const train = photos.filter(({ split }) => split === 'train').length
      return {
        summary,
        config,
        preparation,
        environment,
        weights,
        dataset: { folder, layout, train, val: photos.length - train, unreadable },
      }
    },
    'runs.events': async ({ run, from, limit }) => {
      const events: RunEvent[] = []
      let next = from
      for await (const { number, event } of readEvents(await runs.folder(run), from)) {
        if (events.length === limit) return { events, next, done: false }
        events.push(event)
        next = number + 1
      }
      return { events, next, done: true }
    },
    'runs.pictures': async ({ run, photos }) => {
      const { dataset } = await readRecord(await runs.folder(run))
      const known = (await datasets.list()).find(({ folder }) => folder === dataset.folder)
      if (!known) return { dataset: null, pictures: photos.map(() => null) }
      const { stored } = await datasets.open(known.id)
      const byPath = new Map(stored.dataset.photos.map((photo) => [photo.path, photo]))
      const pictureOf = (photo: string) => {
        const found = byPath.get(photo)
        return found ? pictures.idOf(known.id, found) : null
      }
      return { dataset: known.id, pictures: photos.map(pictureOf) }
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
