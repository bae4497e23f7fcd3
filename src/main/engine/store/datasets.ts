import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { DatasetSummary } from '../../../shared/api/datasets.ts'
import { Dataset } from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import { readJson, writeJson } from './jsonFile.ts'

const Stored = z.strictObject({
  id: z.string(),
  name: z.string(),
  added: z.string(),
  scanned: z.string(),
  dataset: Dataset,
})
/** A dataset as it was scanned last: the content of its file. */
export type StoredDataset = z.infer<typeof Stored>

/** What the table keeps of a summary; whether the folder is there is looked up each time. */
const KeptSummary = DatasetSummary.omit({ present: true })
type KeptSummary = z.infer<typeof KeptSummary>

/** The same folder has the same id always, also after the catalogue was lost. */
const datasetId = (folder: string): string => createHash('sha256').update(folder).digest('hex').slice(0, 16)

function problemOf(dataset: Dataset): KeptSummary['problem'] {
  try {
    requireTrainable(dataset)
    return null
  } catch (error) {
    return plainError(error)
  }
}

function summaryOf({ id, name, added, scanned, dataset }: StoredDataset): KeptSummary {
  const { folder, layout, classes, photos, unreadable } = dataset
  const counts = { train: classes.map(() => 0), val: classes.map(() => 0) }
  for (const photo of photos) counts[photo.split][photo.class]! += 1
  const problem = problemOf(dataset)
  return {
    id,
    name,
    folder,
    layout,
    classes,
    added,
    scanned,
    ...counts,
    unreadable: unreadable.length,
    problem,
  }
}

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

/** All datasets, first come first, from their files alone: for who does not write the catalogue. */
export async function summariseDatasets(folder: string): Promise<DatasetSummary[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
  const stored = await Promise.all(names.map((name) => readJson(path.join(folder, name), Stored)))
  const summaries = stored.filter((it) => it !== undefined).map(summaryOf)
  summaries.sort((a, b) => (a.added < b.added ? -1 : 1))
  return Promise.all(summaries.map(withPresence))
}

const withPresence = async (summary: KeptSummary): Promise<DatasetSummary> => ({
  ...summary,
  present: await isFolder(summary.folder),
})

/** At least the dataset that is looked at and the one that is chosen in the wizard stay in memory. */
const mostInMemory = 3

/** The datasets a person has added: a file each, which is the truth, and a row each in the catalogue, which is quick. */
export class Datasets {
  private readonly database: DatabaseSync
  private readonly folder: string
  private readonly inMemory = new Map<string, { stored: StoredDataset; modified: number }>()

  private constructor(database: DatabaseSync, folder: string) {
    this.database = database
    this.folder = folder
  }

  /** Rows that are missing, of a catalogue that was lost, or that another version wrote are made from the files. */
  static async open(database: DatabaseSync, folder: string): Promise<Datasets> {
    const datasets = new Datasets(database, folder)
    const files = await readdir(folder).catch(() => [])
    const known = new Set(datasets.rows().map(({ id }) => id))
    for (const file of files) {
      const id = path.basename(file, '.json')
      if (!file.endsWith('.json') || known.has(id)) continue
      const stored = await readJson(path.join(folder, file), Stored)
      if (stored) datasets.writeRow(stored)
    }
    return datasets
  }

  async list(): Promise<DatasetSummary[]> {
    return Promise.all(this.rows().map(withPresence))
  }

  /** @throws ThawError not-found */
  async get(id: string): Promise<StoredDataset> {
    const { mtimeMs: modified = 0 } = (await stat(this.file(id)).catch(() => undefined)) ?? {}
    const known = this.inMemory.get(id)
    // A second Thaw on this data folder may have scanned it anew.
    const stored = known?.modified === modified ? known.stored : await readDataset(this.folder, id)
    this.inMemory.delete(id)
    this.inMemory.set(id, { stored, modified })
    const [oldest] = this.inMemory.keys()
    if (this.inMemory.size > mostInMemory) this.inMemory.delete(oldest!)
    return stored
  }

  summary(stored: StoredDataset): Promise<DatasetSummary> {
    return withPresence(summaryOf(stored))
  }

  /** Keeps what a scan found. A known folder keeps its name and its place. `replaces`: the dataset whose folder was moved. */
  async keep(dataset: Dataset, replaces?: string): Promise<StoredDataset> {
    const id = datasetId(dataset.folder)
    const before = await this.get(replaces ?? id).catch(() => undefined)
    const now = new Date().toISOString()
    const stored: StoredDataset = {
      id,
      name: before?.name ?? path.basename(dataset.folder),
      added: before?.added ?? now,
      scanned: now,
      dataset,
    }
    await this.put(stored)
    if (replaces !== undefined && replaces !== id) await this.remove(replaces)
    return stored
  }

  async rename(id: string, name: string): Promise<StoredDataset> {
    const stored = { ...(await this.get(id)), name }
    await this.put(stored)
    return stored
  }

  /** Forgets it; the photos are not touched. */
  async remove(id: string): Promise<void> {
    await rm(this.file(id), { force: true })
    this.inMemory.delete(id)
    this.database.prepare('DELETE FROM datasets WHERE id = ?').run(id)
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.json`)
  }

  /** Those that can be understood. */
  private rows(): KeptSummary[] {
    const rows = this.database.prepare('SELECT summary FROM datasets ORDER BY added DESC, name').all()
    return rows.flatMap((row) => KeptSummary.safeParse(JSON.parse(String(row['summary']))).data ?? [])
  }

  private async put(stored: StoredDataset): Promise<void> {
    await writeJson(this.file(stored.id), stored)
    this.inMemory.delete(stored.id)
    this.writeRow(stored)
  }

  private writeRow(stored: StoredDataset): void {
    const summary = JSON.stringify(summaryOf(stored))
    this.database
      .prepare(
        'INSERT OR REPLACE INTO datasets (id, folder, name, added, scanned, summary) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(stored.id, stored.dataset.folder, stored.name, stored.added, stored.scanned, summary)
  }
}
