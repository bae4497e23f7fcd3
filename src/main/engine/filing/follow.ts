import { realpath } from 'node:fs/promises'
import path from 'node:path'
import type { BrowsedDataset, ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import { pathFrom } from '../files.ts'
import { byCodePoint, inOrder } from '../datasets/order.ts'
import type { NewEntry } from '../datasets/journal.ts'
import { splitNamed } from '../datasets/layout.ts'
import { hasOwnSplit } from '../datasets/split.ts'
import type { OpenedDataset } from '../store/datasets.ts'
import { readOpened, writeScan } from '../store/datasets.ts'
import type { ActOutcome } from './filing.ts'
import type { FilingPlan } from './list.ts'
import { filesPhoto } from './list.ts'

/** A photo that a filing moves within a dataset. */
interface Move {
  from: string
  to: string
  /** Whether it lies there now. */
  stands: boolean
}

async function movesOf(folder: string, outcomes: readonly ActOutcome[]): Promise<Move[]> {
  // Plans have real paths as targets: the dataset's folder may be a link.
  const real = await realpath(folder).catch(() => folder)
  const inDataset = (file: string) => pathFrom(file.startsWith(real + path.sep) ? real : folder, file)
  return outcomes
    .filter(({ act }) => act.act === 'move' && filesPhoto(act))
    .map(({ act, state }) => ({
      from: inDataset(act.from),
      to: inDataset(act.to),
      stands: state === 'done' || state === 'kept',
    }))
}

const labelsOf = ({ classes, photos }: BrowsedDataset | ScannedDataset): Map<string, string | null> =>
  new Map(photos.map((photo) => [photo.path, photo.class === null ? null : classes[photo.class]!]))

/** The entry that tells the journal where photos are, or undefined if it knows. */
function entryFor(
  { decisions, browsed, stored }: OpenedDataset,
  filing: string,
  standing: ReadonlyMap<string, string>,
): NewEntry | undefined {
  const entered = decisions.movedBy(filing)
  const gone = [...standing].filter(([from]) => !entered.has(from))
  const back = [...entered].filter(([from]) => !standing.has(from)).map(([from, to]) => [to, from] as const)
  const steps = [...gone, ...back]
  if (steps.length === 0) return undefined
  const last = decisions.last
  // Taken back as a whole, right after it was done: as if it had been undone.
  if (last?.act.type === 'moved' && last.act.filing === filing && standing.size === 0)
    return { kind: 'undo', of: last.n }
  const [labels, folders] = [labelsOf(browsed), labelsOf(stored.dataset)]
  const moving = new Set(steps.map(([from]) => from))
  // Where a split is drawn, other folders would have another one drawn: then all keep their part.
  const drawn = !hasOwnSplit(stored.dataset)
  const staying = drawn ? browsed.photos.filter((photo) => !moving.has(photo.path)) : []
  const all = [...steps, ...staying.map(({ path: file }) => [file, file] as const)]
  const photos = all.map(([from]) => from)
  const parts = new Map(browsed.photos.map((photo) => [photo.path, photo.split]))
  return {
    kind: 'act',
    photos,
    act: {
      ...{ type: 'moved', filing, to: all.map(([, to]) => to) },
      // Where a scan has found them at their new place already, it tells.
      labels: all.map(([from, to]) => labels.get(from) ?? labels.get(to) ?? null),
      folders: all.map(([from, to]) => folders.get(from) ?? folders.get(to) ?? null),
      ...(drawn && { parts: photos.map((photo) => parts.get(photo) ?? 'train') }),
    },
    summary: { code: 'moved', parameters: { count: steps.length } },
  }
}

/** The scan with its photos where they lie now, without a look at one of them. */
function moved(scan: ScannedDataset, moves: ReadonlyMap<string, string>): ScannedDataset {
  const depth = scan.layout === 'split-folders' ? 1 : 0
  const folderOf = (file: string) => file.split('/').slice(0, -1)[depth]?.normalize('NFC')
  const named = scan.photos.map((photo) => {
    const to = moves.get(photo.path)
    const name = photo.class === null ? undefined : scan.classes[photo.class]
    return to === undefined ? { photo, name } : { photo: placed(photo, to, depth), name: folderOf(to) }
  })
  const classes = [...new Set([...scan.classes, ...named.flatMap(({ name }) => name ?? [])])].sort(
    byCodePoint,
  )
  const indexOf = new Map(classes.map((name, i) => [name, i]))
  const photos = named.map(({ photo, name }) => ({
    ...photo,
    class: name === undefined ? null : indexOf.get(name)!,
  }))
  // Photos without class folders have them now.
  const layout = scan.layout === 'flat' && classes.length > 0 ? 'class-folders' : scan.layout
  return { ...scan, layout, classes, photos: photos.sort(inOrder) }
}

const placed = (photo: ScannedPhoto, to: string, depth: number): ScannedPhoto => ({
  ...photo,
  path: to,
  split: depth === 0 ? photo.split : (splitNamed(to.split('/')[0]!) ?? photo.split),
})

/**
 * Brings a dataset up to where a filing has its photos now: its journal, so that what was decided goes along, and its scan. It may be
 * called as often as one likes, also after a crash: what is entered already is not entered twice.
 * @param datasets the folder of datasets
 * @returns whether anything was out of date
 * @throws ThawError not-found, disk.full, output.unwritable, busy
 */
export async function followFiling(
  datasets: string,
  { id, dataset }: Pick<FilingPlan, 'id' | 'dataset'>,
  outcomes: readonly ActOutcome[],
): Promise<boolean> {
  if (dataset === undefined) return false
  const opened = await readOpened(datasets, dataset)
  const scan = opened.stored.dataset
  const all = await movesOf(scan.folder, outcomes)
  const standing = new Map(all.filter(({ stands }) => stands).map(({ from, to }) => [from, to]))
  const entry = entryFor(opened, id, standing)
  if (entry) await opened.journal.append(() => entry)
  const there = new Set(scan.photos.map((photo) => photo.path))
  const moves = all
    .map(({ from, to, stands }) => (stands ? ([from, to] as const) : ([to, from] as const)))
    .filter(([from, to]) => there.has(from) && !there.has(to))
  if (moves.length > 0) await writeScan(datasets, { ...opened.stored, dataset: moved(scan, new Map(moves)) })
  return entry !== undefined || moves.length > 0
}
