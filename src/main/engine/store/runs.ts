import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { PlainError } from '../../../shared/errors.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { RunSummary } from '../../../shared/run.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { exists, writeAtomic, writeError, makeFolder } from '../files.ts'
import type { Adding } from './addRun.ts'
import { addRun } from './addRun.ts'
import type { DataPaths } from './paths.ts'
import { trashedWeights } from './paths.ts'
import type { KeptEpoch } from './keptEpochs.ts'
import { forgetEpoch, keptEpochs } from './keptEpochs.ts'
import {
  bytesIn,
  eventsFile,
  findRun,
  freeFolder,
  readRecord,
  recordFile,
  runFolders,
  summarise,
  trainedBy,
  withTemperature,
} from './runFolder.ts'

export interface FoundRuns {
  runs: RunSummary[]
  damaged: { folder: string; why: PlainError }[]
}

/** Changes whenever the file has: its size and time. */
const stateOfFile = (folder: string, file: string): Promise<string> =>
  stat(path.join(folder, file)).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => 'none',
  )

/** Changes whenever a run's summary may have. */
async function stateOf(folder: string): Promise<string> {
  const files = await Promise.all([recordFile, eventsFile].map((file) => stateOfFile(folder, file)))
  return [...files, trainedBy(folder) ?? 'idle'].join(' ')
}

/** The runs of the data folder. Their folders are the truth; the catalogue only remembers what was read from them. */
export class Runs {
  private readonly database: DatabaseSync
  private readonly paths: Pick<DataPaths, 'runs' | 'trash'>
  /** Where runs were found, and the state of their records then: a record names all photos, and each page of events asks. */
  private readonly found = new Map<string, { folder: string; record: string }>()

  constructor(database: DatabaseSync, paths: Pick<DataPaths, 'runs' | 'trash'>) {
    this.database = database
    this.paths = paths
  }

  /** Newest first. */
  async list(): Promise<FoundRuns> {
    const found: FoundRuns = { runs: [], damaged: [] }
    for (const folder of await runFolders(this.paths.runs))
      try {
        found.runs.push(await this.summary(folder))
      } catch (error) {
        found.damaged.push({ folder, why: plainError(error) })
      }
    found.runs.sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0))
    return found
  }

  /** @throws ThawError run.missing, run.damaged */
  async get(id: string): Promise<RunSummary> {
    return this.summary(await this.folder(id))
  }

  /** @throws ThawError run.missing, run.damaged */
  async folder(id: string): Promise<string> {
    const known = this.found.get(id)
    if (known && known.record === (await stateOfFile(known.folder, recordFile))) return known.folder
    this.found.delete(id)
    const folder = await findRun(this.paths.runs, id)
    const record = await stateOfFile(folder, recordFile)
    if (record !== 'none') this.found.set(id, { folder, record })
    return folder
  }

  async rename(id: string, name: string): Promise<RunSummary> {
    return this.rewrite(id, (record) => ({ ...record, name }))
  }

  /** Stores by what the run's logits are divided when it classifies; null: they are taken as they are. */
  async calibrate(id: string, temperature: number | null): Promise<RunSummary> {
    return this.rewrite(id, (record) => withTemperature(record, temperature))
  }

  private async rewrite(id: string, change: (record: RunRecord) => RunRecord): Promise<RunSummary> {
    const folder = await this.folder(id)
    const record = change(await readRecord(folder))
    await writeAtomic(path.join(folder, recordFile), [`${JSON.stringify(record, undefined, 1)}\n`])
    return this.summary(folder)
  }

  /** Into the trash. @throws ThawError busy while it is trained */
  async remove(id: string): Promise<void> {
    const folder = await this.folder(id)
    if (trainedBy(folder) !== undefined) throw new ThawError('busy', { what: 'this-run' })
    // One that was thrown away, copied in again and is thrown away again lies there twice: under its own name is what comes back.
    const target = path.join(this.paths.trash, id)
    if (await exists(target)) await this.move(target, await freeFolder(this.paths.trash, id))
    await this.move(folder, target)
    this.database.prepare('DELETE FROM runs WHERE folder = ?').run(folder)
  }

  /** A run's folder from elsewhere, copied in. @throws ThawError as `addRun` */
  async add(folder: string, adding: Adding): Promise<{ summary: RunSummary; isNew: boolean }> {
    const target = await addRun(this.paths.runs, folder, adding)
    return { summary: await this.summary(target), isNew: target !== folder }
  }

  /** Back from the trash. @throws ThawError run.missing, run.damaged, run.present */
  async restore(id: string): Promise<RunSummary> {
    const folder = await findRun(this.paths.trash, id)
    const there = await this.get(id).catch(() => undefined)
    if (there) throw new ThawError('run.present', { name: there.name || id })
    return this.summary(await this.move(folder, await freeFolder(this.paths.runs, id)))
  }

  /** What lies in the trash and can be read, newest first. */
  async trashed(): Promise<RunSummary[]> {
    const found: RunSummary[] = []
    for (const folder of await runFolders(this.paths.trash)) {
      const summary = await summarise(folder).catch(() => undefined)
      if (summary) found.push(summary)
    }
    return found.sort((a, b) => b.created.localeCompare(a.created))
  }

  /** The epochs that a run can be forked at. @throws ThawError run.missing, run.damaged */
  async kept(id: string): Promise<KeptEpoch[]> {
    return keptEpochs(await this.folder(id))
  }

  /** Bytes on the disk. */
  async disk(): Promise<Record<'runs' | 'kept' | 'trash', number>> {
    const bytes = { runs: 0, kept: 0, trash: 0 }
    for (const folder of await runFolders(this.paths.runs)) {
      bytes.runs += await bytesIn(folder)
      for (const epoch of await keptEpochs(folder)) bytes.kept += epoch.bytes
    }
    for (const folder of await this.trashedFolders()) bytes.trash += await bytesIn(folder)
    return bytes
  }

  /** What can be thrown away for good: runs and weight files, whatever else lies there. */
  private async trashedFolders(): Promise<string[]> {
    const weights = trashedWeights(this.paths)
    return [...(await runFolders(this.paths.trash)), ...((await exists(weights)) ? [weights] : [])]
  }

  /** Deletes for good what was thrown away. @returns bytes that were freed */
  async emptyTrash(): Promise<number> {
    let freed = 0
    for (const folder of await this.trashedFolders()) {
      const bytes = await bytesIn(folder)
      await rm(folder, { recursive: true, force: true })
      freed += bytes
    }
    return freed
  }

  /** Forgets the checkpoints to fork from of all runs that nobody trains. @returns bytes that were freed */
  async forgetKept(): Promise<number> {
    let freed = 0
    for (const folder of await runFolders(this.paths.runs)) {
      if (trainedBy(folder) !== undefined) continue
      const before = await bytesIn(folder)
      for (const { epoch } of await keptEpochs(folder)) await forgetEpoch(folder, epoch)
      freed += before - (await bytesIn(folder))
      this.database.prepare('DELETE FROM runs WHERE folder = ?').run(folder)
    }
    return freed
  }

  private async move(folder: string, target: string): Promise<string> {
    try {
      await makeFolder(path.dirname(target))
      await rename(folder, target)
      return target
    } catch (error) {
      throw writeError(error, target)
    }
  }

  private async summary(folder: string): Promise<RunSummary> {
    const state = await stateOf(folder)
    const row = this.database.prepare('SELECT state, summary FROM runs WHERE folder = ?').get(folder)
    if (row?.['state'] === state) {
      const kept = RunSummary.safeParse(JSON.parse(String(row['summary'])))
      // A row of before does not tell which dataset the photos are of.
      if (kept.data?.photos) return kept.data
    }
    const summary = await summarise(folder)
    this.database
      .prepare('INSERT OR REPLACE INTO runs (folder, state, summary) VALUES (?, ?, ?)')
      .run(folder, state, JSON.stringify(summary))
    return summary
  }
}
