import type { DatasetMap } from '../../../shared/api/datasets.ts'
import type { BrowsedDataset } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { outcomeOf } from '../datasets/figures.ts'
import type { Near, PhotoMap } from '../store/relations.ts'
import { rowsOfPhotos } from '../store/relations.ts'
import type { Library, LibraryHandlers } from './context.ts'
import { itemOf } from './datasets.ts'

type RelationCall = 'datasets.relations' | 'datasets.map' | 'photos.similar'

const told = (kept: Near | PhotoMap, { photos }: BrowsedDataset) => ({
  ...kept.by,
  computed: kept.computed,
  missing: rowsOfPhotos(kept, photos).filter((row) => row < 0).length,
})

/** Indices of the photos nearest to one; those with the same bytes come first. */
function nearestTo(near: Near, rows: Int32Array, index: number): { index: number; distance: number }[] {
  const own = rows[index]!
  const indicesOf = Map.groupBy(rows.keys(), (i) => rows[i]!)
  const same = indicesOf.get(own)!.filter((it) => it !== index)
  const found = same.map((it) => ({ index: it, distance: 0 }))
  for (let at = own * near.k; at < (own + 1) * near.k; at += 1)
    for (const other of indicesOf.get(near.neighbours[at]!) ?? [])
      if (other !== index && !same.includes(other))
        found.push({ index: other, distance: near.distances[at]! })
  return found.slice(0, near.k)
}

/** Five digits: no screen shows more, and a float's own are up to twenty bytes of an answer for each of a hundred thousand photos. */
const short = (value: number): number => Number(value.toPrecision(5))

/** How photos lie to each other: what jobs have worked out, with what is decided now. */
export function relationHandlers(library: Library): Pick<LibraryHandlers, RelationCall> {
  const { datasets, relations, figures } = library
  return {
    'datasets.relations': async ({ dataset }) => {
      const { browsed, decisions } = await datasets.open(dataset)
      const [near, map, run] = [
        await relations.near(dataset),
        await relations.map(dataset),
        await figures.runOf(dataset),
      ]
      return {
        near: near ? { ...told(near, browsed), stale: near.entry !== decisions.entry } : null,
        map: map ? told(map, browsed) : null,
        run: run
          ? {
              id: run.id,
              name: run.name,
              asked: (await library.evaluations.of(run.id)).map(({ part }) => part),
            }
          : null,
      }
    },

    'datasets.map': async ({ dataset }) => {
      const { browsed } = await datasets.open(dataset)
      const map = await relations.map(dataset)
      if (!map) throw new ThawError('bank.unseen')
      const known = await figures.of(dataset, browsed)
      const answer: DatasetMap = {
        ...{ paths: [], pictures: [], classes: [], splits: [], out: [] },
        ...{ outcomes: [], certainty: [], x: [], y: [] },
      }
      rowsOfPhotos(map, browsed.photos).forEach((row, i) => {
        if (row < 0) return
        const photo = browsed.photos[i]!
        answer.paths.push(photo.path)
        answer.pictures.push(library.pictures.idOf(dataset, photo))
        answer.classes.push(photo.class ?? -1)
        answer.splits.push(photo.split)
        answer.out.push(photo.out)
        answer.outcomes.push(outcomeOf(browsed, photo, known))
        const certainty = known.certainty.get(photo.path)
        answer.certainty.push(certainty === undefined ? null : short(certainty))
        answer.x.push(short(map.positions[row * 2]!))
        answer.y.push(short(map.positions[row * 2 + 1]!))
      })
      return answer
    },

    'photos.similar': async ({ dataset, photo }) => {
      const { browsed } = await datasets.open(dataset)
      const asked = browsed.photos.findIndex((it) => it.path === photo)
      if (asked < 0) throw new ThawError('photos.unknown', { count: 1, photo })
      const near = await relations.near(dataset)
      const rows = near && rowsOfPhotos(near, browsed.photos)
      if (!near || !rows || rows[asked]! < 0) throw new ThawError('bank.unseen')
      const known = await figures.of(dataset, browsed)
      const photos = nearestTo(near, rows, asked).map(({ index: other, distance }, index) => ({
        ...itemOf(library, { dataset, photo: browsed.photos[other]!, figures: known, index }),
        distance,
      }))
      return { photos }
    },
  }
}
