import type { Decided } from '../../../shared/api/datasets.ts'
import type { Act } from '../../../shared/decisions.ts'
import { ThawError } from '../../../shared/errors.ts'
import { trainable } from '../datasets/browse.ts'
import { cropsAlike } from '../datasets/cropAlike.ts'
import { affected, summaryOf, together } from '../datasets/decide.ts'
import type { ActEntry, NewEntry } from '../datasets/journal.ts'
import { writeList } from '../datasets/exported.ts'
import { requireFullPath } from '../files.ts'
import { receivePhoto } from '../datasets/received.ts'
import { keywordLabels, keywordsIn } from '../datasets/keywords.ts'
import { slowNamesOf } from '../datasets/groups.ts'
import { groupingOf } from '../datasets/leaks.ts'
import { differencesSince } from '../datasets/since.ts'
import { drawSplits } from '../datasets/split.ts'
import type { OpenedDataset } from '../store/datasets.ts'
import { withPhotosHere } from '../store/datasetPasts.ts'
import { findRun, readRecord } from '../store/runFolder.ts'
import type { Library, LibraryHandlers } from './context.ts'

type GroupCall =
  | 'datasets.together'
  | 'datasets.groups'
  | 'datasets.drawSplit'
  | 'datasets.cropAlike'
  | 'datasets.keywords'
  | 'datasets.labelByKeywords'
  | 'datasets.since'
  | 'datasets.writeList'
  | 'datasets.saveList'
  | 'datasets.receive'

/** Capture groups, splits that keep them whole, crops and labels that the engine works out, and what changed since a run. */
export function groupHandlers(library: Library): Pick<LibraryHandlers, GroupCall> {
  const { datasets, emit } = library

  /** Enters an act that is worked out from the newest state. */
  const decide = async (
    id: string,
    workOut: (dataset: OpenedDataset) => { photos: string[]; act: Act },
  ): Promise<Decided> => {
    const entry = (await datasets.decide(id, (dataset): NewEntry => {
      const { photos, act } = workOut(dataset)
      const concerned = affected(dataset.browsed, photos, act)
      return { kind: 'act', act, photos: concerned, summary: summaryOf(dataset.browsed, concerned, act) }
    })) as ActEntry
    emit('datasets.changed', {})
    emit('datasets.decided', { dataset: id, entry: entry.n })
    return { entry: entry.n, photos: entry.photos, summary: entry.summary }
  }

  return {
    'datasets.together': async ({ dataset, photos }) => ({
      photos: together((await datasets.open(dataset)).browsed, photos),
    }),
    'datasets.groups': async ({ dataset }) => {
      const { stored, browsed, decisions } = await datasets.open(dataset)
      const slowNames = slowNamesOf(stored.dataset)
      return { rules: decisions.rules, ...groupingOf(browsed), slowNames }
    },
    'datasets.drawSplit': ({ dataset, val, test, seed }) => {
      if (val + test >= 1)
        throw new ThawError('split.shares', { val: Math.round(100 * val), test: Math.round(100 * test) })
      return decide(dataset, ({ browsed }) => {
        const used = browsed.photos
          .filter((photo) => photo.class !== null && !photo.out)
          .sort((a, b) => a.class! - b.class! || (a.path < b.path ? -1 : 1))
        if (used.length === 0) throw new ThawError('split.nothing')
        const parts = drawSplits(used, seed, { val, test })
        return { photos: used.map(({ path }) => path), act: { type: 'partEach', parts } }
      })
    },
    'datasets.cropAlike': ({ dataset, photos, of, box }) =>
      decide(dataset, ({ browsed }) => {
        const each = [...new Set(photos)]
        return { photos: each, act: { type: 'cropEach', boxes: cropsAlike(browsed, each, of, box) } }
      }),
    'datasets.keywords': async ({ dataset }) => ({
      keywords: keywordsIn((await datasets.open(dataset)).browsed.photos),
    }),
    'datasets.labelByKeywords': ({ dataset, classes }) =>
      decide(dataset, ({ browsed }) => {
        const labels = keywordLabels(browsed.photos, new Map(Object.entries(classes)))
        if (labels.size === 0) throw new ThawError('keywords.no-photo')
        return { photos: [...labels.keys()], act: { type: 'labelEach', classes: [...labels.values()] } }
      }),
    'datasets.writeList': async ({ dataset, file }) => ({
      photos: await writeList(requireFullPath(file), trainable((await datasets.open(dataset)).browsed)),
    }),
    'datasets.saveList': async ({ dataset, file }) => ({
      photos: await writeList(file, trainable((await datasets.open(dataset)).browsed), true),
    }),
    'datasets.receive': async ({ dataset, file, class: name }) => ({
      file: await receivePhoto((await datasets.open(dataset)).stored.dataset, file, name),
    }),
    'datasets.since': async ({ dataset, run }) => {
      const folder = await findRun(library.paths.runs, run)
      const record = await withPhotosHere(await readRecord(folder), library.paths.datasets)
      const { browsed, decisions } = await datasets.open(dataset)
      const differences = differencesSince(record, browsed, (photo) => decisions.pathNow(photo))
      return { ...differences, entry: record.dataset.entry ?? null }
    },
  }
}
