import { createHash } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { DatasetSummary } from '../../../shared/api/datasets.ts'
import { lastingId } from '../../../shared/belonging.ts'
import type { BrowsedDataset } from '../../../shared/dataset.ts'
import { placeOfDataset, ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { browsed, countsOf, trainable } from '../datasets/browse.ts'
import { Decisions } from '../datasets/decisions.ts'
import { slowNamesOf } from '../datasets/groups.ts'
import type { JournalEntry, NewEntry } from '../datasets/journal.ts'
import { Journal, journalFile } from '../datasets/journal.ts'
import { defaultSeed } from '../../../shared/config.ts'
import type { Drawing } from '../datasets/resplit.ts'
import { drawingOf, prepared } from '../datasets/resplit.ts'
import { repackings } from '../datasets/repacked.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import { bytesOf, exists } from '../files.ts'
import type { Placed } from './datasetPasts.ts'
import { forgetPast, keepPast, readPast } from './datasetPasts.ts'
import { Drawings } from './drawings.ts'
import { readJson, writeJson } from './jsonFile.ts'
import type { DataPaths } from './paths.ts'

/**
 * The photos of a file that Thaw itself wrote whole or not at all: the first tells whether they are of this version. Looking at each of
 * 100,000 takes a second.
 */
const OwnPhotos = z
  .array(z.custom<ScannedPhoto>())
  .refine(([first]) => first === undefined || ScannedPhoto.safeParse(first).success)

const Stored = z.strictObject({
  id: z.string(),
  name: z.string(),
  added: z.string(),
  scanned: z.string(),
  dataset: ScannedDataset.extend({ photos: OwnPhotos }),
})
/** A dataset as it was scanned last: the content of its file. */
export type StoredDataset = z.infer<typeof Stored>

/** A dataset with everything that was decided about it. */
export interface OpenedDataset {
  /** What its runs know it by, wherever it is. */
  lasting: string
  stored: StoredDataset
  journal: Journal
  decisions: Decisions
  /** As the person sees it. */
  browsed: BrowsedDataset
}

/** What the table keeps of a summary: whether the folder is there is looked up each time, and the journal's size tells whether the
 * row is newer than what was decided last. */
const KeptSummary = DatasetSummary.omit({
  present: true,
  missingSource: true,
  source: true,
  past: true,
}).extend({
  journal: z.int(),
  /** Its folder, or the list or archive that it was read from. */
  place: z.string(),
})
type KeptSummary = z.infer<typeof KeptSummary>

/** The same folder has the same id always, also after the catalogue was lost. */
const datasetId = (folder: string): string => createHash('sha256').update(folder).digest('hex').slice(0, 16)

/** What a dataset is known by: its folder, or the list or archive that it comes from. */
function problemOf(dataset: BrowsedDataset): KeptSummary['problem'] {
  try {
    requireTrainable(trainable(dataset))
    return null
  } catch (error) {
    return plainError(error)
  }
}

function summaryOf({ stored, journal, browsed: dataset }: OpenedDataset): KeptSummary {
  const { id, name, added, scanned } = stored
  const { folder, layout, classes, photos, unreadable } = dataset
  return {
    ...{ id, name, folder, layout, classes, added, scanned },
    ...countsOf(dataset),
    unlabelled: photos.filter((photo) => photo.class === null && !photo.out).length,
    leftOut: photos.filter((photo) => photo.out).length,
    unreadable: unreadable.length,
    otherPictures: dataset.otherPictures?.length ?? 0,
    problem: problemOf(dataset),
    journal: journal.size,
    place: placeOfDataset(dataset),
  }
}

const placed = ({ id, dataset: { folder, source, layout } }: StoredDataset): Placed => ({
  ...{ id, folder, layout },
  ...(source !== undefined && { source }),
})

const isFolder = (file: string): Promise<boolean> =>
  stat(file).then(
    (it) => it.isDirectory(),
    () => false,
  )

/** A dataset's file, for the trainer too. @throws ThawError not-found */
export async function readDataset(folder: string, id: string): Promise<StoredDataset> {
  const stored = await readJson(path.join(folder, `${id}.json`), Stored)
  if (!stored) throw new ThawError('not-found', { what: 'the-dataset' })
  return stored
}

/** Keeps a scan that was brought up to date, without the catalogue. @throws ThawError disk.full, output.unwritable */
export const writeScan = (folder: string, stored: StoredDataset): Promise<void> =>
  writeJson(path.join(folder, `${stored.id}.json`), stored)

/** The split is drawn with the seed that a run has by default. */
const view = ({ dataset }: StoredDataset, decisions: Decisions, drawing?: Drawing): BrowsedDataset =>
  browsed(prepared(dataset, decisions.rules, defaultSeed, drawing), decisions)

async function opened(
  folder: string,
  stored: StoredDataset,
  drawingFor?: (decisions: Decisions) => Promise<Drawing>,
): Promise<OpenedDataset> {
  const journal = await Journal.open(journalFile(folder, stored.id))
  const decisions = Decisions.of(journal.entries)
  const lasting = lastingId({ id: stored.id, past: await readPast(folder, stored.id) })
  return {
    lasting,
    stored,
    journal,
    decisions,
    browsed: view(stored, decisions, await drawingFor?.(decisions)),
  }
}

/** A dataset and what was decided about it, for the trainer and the command line too. @throws ThawError not-found */
export const readOpened = async (folder: string, id: string): Promise<OpenedDataset> =>
  opened(folder, await readDataset(folder, id))

/** All datasets that lie in a data folder, first come first. */
export async function storedDatasets(folder: string): Promise<StoredDataset[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const read = await Promise.all(names.map((name) => readJson(path.join(folder, name), Stored)))
  return read.filter((it) => it !== undefined).sort((a, b) => (a.added < b.added ? -1 : 1))
}

/** All datasets, first come first, from their files alone: for who does not write the catalogue. */
export async function summariseDatasets(folder: string): Promise<DatasetSummary[]> {
  const all = await Promise.all((await storedDatasets(folder)).map((stored) => opened(folder, stored)))
  return Promise.all(all.map((it) => withPresence(folder, summaryOf(it))))
}

const withPresence = async (datasets: string, summary: KeptSummary): Promise<DatasetSummary> =>
  DatasetSummary.strip().parse({
    ...summary,
    ...(summary.place !== summary.folder && { source: summary.place }),
    past: await readPast(datasets, summary.id),
    present: await isFolder(summary.folder),
    missingSource: summary.place === summary.folder || (await exists(summary.place)) ? null : summary.place,
  })

/** At least the dataset that is looked at and the one that is chosen in the wizard stay in memory. */
const mostInMemory = 3

/** The datasets a person has added: a file each, which is the truth, and a row each in the catalogue, which is quick. */
export class Datasets {
  private readonly database: DatabaseSync
  private readonly folder: string
  private readonly samples: string
  private readonly drawings: Drawings
  private readonly inMemory = new Map<string, { opened: OpenedDataset; modified: number }>()
  private readonly reading = new Map<string, { opening: Promise<OpenedDataset>; modified: number }>()
  /** A file that is read and written anew is one piece of work: a name given meanwhile, or what a scan found, would be lost. */
  private writing: Promise<unknown> = Promise.resolve()

  private constructor(
    database: DatabaseSync,
    { datasets, samples, scans }: Pick<DataPaths, 'datasets' | 'samples' | 'scans'>,
  ) {
    this.database = database
    this.folder = datasets
    this.samples = samples
    this.drawings = new Drawings(scans)
  }

  /**
   * Rows that are missing, of a catalogue that was lost, that another version wrote, or that a crash left behind the journal are
   * made from the files.
   * @param paths of datasets, of copies of archives, and of the cache in which it is kept how datasets are drawn
   */
  static async open(
    database: DatabaseSync,
    paths: Pick<DataPaths, 'datasets' | 'samples' | 'scans'>,
  ): Promise<Datasets> {
    const datasets = new Datasets(database, paths)
    const folder = paths.datasets
    const files = await readdir(folder).catch(() => [])
    const known = new Map(datasets.rows().map(({ id, journal }) => [id, journal]))
    for (const file of files.filter((name) => name.endsWith('.json'))) {
      const id = path.basename(file, '.json')
      if (known.get(id) === ((await bytesOf(journalFile(folder, id))) ?? 0)) continue
      // By `read`, so that how it is drawn is kept: the one who opens it next waits for it no second time.
      try {
        datasets.writeRow(await datasets.read(id, await datasets.fileState(id)))
      } catch (error) {
        // Not a dataset of this version: the others are there.
        if (!(error instanceof ThawError) || error.code !== 'not-found') throw error
      }
    }
    return datasets
  }

  async list(): Promise<DatasetSummary[]> {
    return Promise.all(this.rows().map((row) => withPresence(this.folder, row)))
  }

  /** As it was scanned last. @throws ThawError not-found */
  async get(id: string): Promise<StoredDataset> {
    const known = this.inMemory.get(id)
    // What was decided is no part of it: a hundred pictures that are asked for at once do not each look for that, one after the other.
    if (known && known.modified === (await this.fileState(id))[0]) return known.opened.stored
    return (await this.open(id)).stored
  }

  /** With everything that was decided, by whatever process. @throws ThawError not-found */
  async open(id: string): Promise<OpenedDataset> {
    const state = await this.fileState(id)
    const [modified] = state
    const known = this.inMemory.get(id)
    // A second Thaw on this data folder may have scanned it anew.
    const current = known?.modified === modified ? known.opened : await this.readOnce(id, state)
    this.remember(id, current, modified)
    const fresh = await current.journal.refresh()
    if (fresh.length > 0) this.takeIn(current, fresh)
    return current
  }

  /** The one that was used longest ago makes room. */
  private remember(id: string, current: OpenedDataset, modified: number): void {
    this.inMemory.delete(id)
    this.inMemory.set(id, { opened: current, modified })
    const [oldest] = this.inMemory.keys()
    if (this.inMemory.size > mostInMemory) this.inMemory.delete(oldest!)
  }

  /** Once for all who ask meanwhile: a room that opens asks half a dozen questions at once, and 100,000 photos take a hundred megabytes. */
  private async readOnce(id: string, state: [modified: number, size: number]): Promise<OpenedDataset> {
    const [modified] = state
    const underWay = this.reading.get(id)
    if (underWay?.modified === modified) return underWay.opening
    const own = { opening: this.read(id, state), modified }
    this.reading.set(id, own)
    try {
      return await own.opening
    } finally {
      if (this.reading.get(id) === own) this.reading.delete(id)
    }
  }

  /** Time of the last change and size of a dataset's file: what a drawing is of. */
  private async fileState(id: string): Promise<[modified: number, size: number]> {
    const { mtimeMs = 0, size = 0 } = (await stat(this.file(id)).catch(() => undefined)) ?? {}
    return [mtimeMs, size]
  }

  /** @param state of the dataset's file */
  private async read(id: string, state: [modified: number, size: number]): Promise<OpenedDataset> {
    return this.drawn(await readDataset(this.folder, id), state)
  }

  /** @param state of the dataset's file */
  private drawn(stored: StoredDataset, state: [modified: number, size: number]): Promise<OpenedDataset> {
    const { id, dataset } = stored
    return opened(this.folder, stored, async ({ rules }) => {
      const of = [...state, rules, defaultSeed]
      const kept = await this.drawings.read(id, of, dataset.photos.length)
      if (kept) return kept
      const fresh = drawingOf(dataset, rules, defaultSeed)
      // What a pattern had no time for, on a machine that is busy, is looked for again at the next start.
      if (slowNamesOf(dataset) === 0) await this.drawings.write(id, of, fresh)
      return fresh
    })
  }

  /**
   * Writes an entry that is made of the newest state, and brings the index up to it.
   * @throws ThawError not-found, disk.full, output.unwritable, busy, and what `make` throws
   */
  async decide(id: string, make: (dataset: OpenedDataset) => NewEntry): Promise<JournalEntry> {
    const dataset = await this.open(id)
    const entry = await dataset.journal.append((fresh) => {
      if (fresh.length > 0) this.takeIn(dataset, fresh)
      return make(dataset)
    })
    this.takeIn(dataset, [entry])
    this.writeRow(dataset)
    return entry
  }

  private takeIn(dataset: OpenedDataset, entries: readonly JournalEntry[]): void {
    for (const entry of entries) dataset.decisions.take(entry)
    dataset.browsed = view(dataset.stored, dataset.decisions)
  }

  /** Brings the catalogue up to what somebody else wrote into the dataset's files. @throws ThawError not-found */
  async touch(id: string): Promise<void> {
    this.writeRow(await this.open(id))
  }

  async summary(id: string): Promise<DatasetSummary> {
    const dataset = await this.open(id)
    const row = this.rows(id)[0]
    const isNow = row?.scanned === dataset.stored.scanned && row.journal === dataset.journal.size
    return withPresence(this.folder, isNow ? row : summaryOf(dataset))
  }

  /**
   * Keeps what a scan found. A known folder keeps its name and its place.
   * @param replaces the dataset that was scanned again; its folder may have been moved
   * @throws ThawError not-found if that one was removed meanwhile; dataset.present as `requireFree`; disk.full, output.unwritable
   */
  keep(dataset: ScannedDataset, replaces?: string): Promise<StoredDataset> {
    return this.inTurn(() => this.keepNow(dataset, replaces))
  }

  private async keepNow(dataset: ScannedDataset, replaces: string | undefined): Promise<StoredDataset> {
    const place = placeOfDataset(dataset)
    const id = datasetId(place)
    const before = await this.get(replaces ?? id).catch(() => undefined)
    if (replaces !== undefined && !before) throw new ThawError('not-found', { what: 'the-dataset' })
    if (replaces !== undefined) await this.requireFree(place, replaces)
    const now = new Date().toISOString()
    const stored: StoredDataset = {
      id,
      name: before?.name ?? path.basename(place, dataset.source === undefined ? '' : path.extname(place)),
      added: before?.added ?? now,
      scanned: now,
      dataset,
    }
    if (before) await this.relocate(before, dataset.folder)
    // What was decided goes along to where the folder is now.
    if (replaces !== undefined && replaces !== id)
      await rename(journalFile(this.folder, replaces), journalFile(this.folder, id)).catch(() => undefined)
    if (before) await this.followCopies(stored)
    await keepPast(this.folder, placed(stored), before && placed(before), now)
    await this.put(stored)
    if (replaces !== undefined && replaces !== id) {
      await this.removeNow(replaces)
      await forgetPast(this.folder, replaces)
    }
    return stored
  }

  /**
   * A dataset that is said to be where another one of the list is would take that one's place, and what was decided about it.
   * @throws ThawError dataset.present
   */
  async requireFree(place: string, id: string): Promise<void> {
    const other = datasetId(place)
    if (other === id || !(await this.has(place))) return
    throw new ThawError('dataset.present', { folder: place, name: (await this.get(other)).name })
  }

  /** Photos of further sources have stayed where they were: the journal learns from where it is told now. */
  private async relocate({ id, dataset }: StoredDataset, to: string): Promise<void> {
    const journal = await Journal.open(journalFile(this.folder, id))
    // What a list names lies where the list says.
    if (journal.entries.length === 0 || dataset.layout === 'list') return
    const from = Decisions.of(journal.entries).base ?? dataset.folder
    if (from !== to) await journal.append(() => ({ kind: 'relocated', from, to }))
  }

  /** What was decided about photos of a further archive that was packed again goes along to its new copy. */
  private async followCopies({ id, dataset }: StoredDataset): Promise<void> {
    // Most datasets have none, and their journal need not be played for that.
    if (!dataset.also?.length) return
    const journal = await Journal.open(journalFile(this.folder, id))
    const { named } = Decisions.of(journal.entries)
    for (const copies of await repackings(named, dataset, this.samples))
      await journal.append(() => ({ kind: 'repacked', ...copies }))
  }

  /** Further sources that a person gave the dataset of this place, or of this id: also to one that was forgotten since. */
  async sourcesOf({ place, id = datasetId(place) }: { place: string; id?: string | undefined }) {
    return Decisions.of((await Journal.open(journalFile(this.folder, id))).entries).sources
  }

  /** Whether this folder, list or archive was added. */
  has(place: string): Promise<boolean> {
    return exists(this.file(datasetId(place)))
  }

  /** Forgets what a scan that did not come to its end had found in a place that was new. */
  forget(place: string): Promise<void> {
    return this.remove(datasetId(place))
  }

  /** @throws ThawError not-found, disk.full, output.unwritable */
  rename(id: string, name: string): Promise<void> {
    return this.inTurn(async () => this.put({ ...(await this.get(id)), name }))
  }

  /** Forgets it; the photos are not touched, and what was decided holds again when the folder is added again. */
  remove(id: string): Promise<void> {
    return this.inTurn(() => this.removeNow(id))
  }

  private async removeNow(id: string): Promise<void> {
    await rm(this.file(id), { force: true })
    this.inMemory.delete(id)
    this.database.prepare('DELETE FROM datasets WHERE id = ?').run(id)
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.writing.then(work)
    this.writing = next.catch(() => undefined)
    return next
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.json`)
  }

  /** Those that can be understood; or only that of one dataset. */
  private rows(id?: string): KeptSummary[] {
    const rows =
      id === undefined
        ? this.database.prepare('SELECT summary, folder FROM datasets ORDER BY added DESC, name').all()
        : this.database.prepare('SELECT summary, folder FROM datasets WHERE id = ?').all(id)
    return rows.flatMap(({ summary, folder }) => {
      const kept = JSON.parse(String(summary)) as object
      return KeptSummary.safeParse({ ...kept, place: folder }).data ?? []
    })
  }

  /**
   * What was written is in hand: read back, 100,000 photos would be there twice, beside the scan that goes on and the text of the file.
   * What was known of it before is let go of first.
   */
  private async put(stored: StoredDataset): Promise<void> {
    const { id } = stored
    await writeScan(this.folder, stored)
    this.inMemory.delete(id)
    const state = await this.fileState(id)
    const current = await this.drawn(stored, state)
    this.remember(id, current, state[0])
    this.writeRow(current)
  }

  private writeRow(dataset: OpenedDataset): void {
    const { stored } = dataset
    const summary = JSON.stringify(summaryOf(dataset))
    this.database
      .prepare(
        'INSERT OR REPLACE INTO datasets (id, folder, name, added, scanned, summary) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(stored.id, placeOfDataset(stored.dataset), stored.name, stored.added, stored.scanned, summary)
  }
}
