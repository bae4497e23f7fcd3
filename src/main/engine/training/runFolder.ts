import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import type { RunEvent, RunRecord } from '../../../shared/run.ts'
import { systemCode, writeAtomic, writeError } from '../files.ts'
import { eventsFile, lockFile, recordFile, trainedBy } from '../store/runFolder.ts'

/** The folder of a run while it is being trained: records events, and keeps others out. */
export class RunFolder {
  readonly folder: string
  events = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  /** @throws ThawError output.not-empty, output.unwritable, disk.full */
  static async create(folder: string, record: RunRecord): Promise<RunFolder> {
    try {
      await mkdir(folder, { recursive: true })
    } catch (error) {
      throw writeError(error, folder)
    }
    const there = await readdir(folder)
    if (there.length > 0) throw new ThawError('output.not-empty', { folder })
    await mkdir(path.join(folder, 'checkpoints'))
    const run = new RunFolder(folder)
    await run.lock()
    await writeAtomic(path.join(folder, recordFile), [`${JSON.stringify(record, null, 1)}\n`])
    return run
  }

  /** @throws ThawError run.locked */
  static async open(folder: string): Promise<RunFolder> {
    const pid = await trainedBy(folder)
    if (pid !== undefined && pid !== process.pid)
      throw new ThawError('run.locked', { run: path.basename(folder), pid })
    const run = new RunFolder(folder)
    await run.lock()
    return run
  }

  private async lock(): Promise<void> {
    await writeFile(path.join(this.folder, lockFile), JSON.stringify({ pid: process.pid }))
  }

  async release(): Promise<void> {
    await rm(path.join(this.folder, lockFile), { force: true })
  }

  /** Forgets what happened after a checkpoint: it will happen again. */
  async rewind(events: number): Promise<void> {
    const file = path.join(this.folder, eventsFile)
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean).slice(0, events)
    await writeAtomic(file, [lines.map((line) => `${line}\n`).join('')])
    this.events = lines.length
  }

  /** Records an event before anybody hears of it. */
  async record(event: RunEvent): Promise<RunEvent> {
    try {
      await appendFile(path.join(this.folder, eventsFile), `${JSON.stringify(event)}\n`)
    } catch (error) {
      throw systemCode(error) === undefined ? error : writeError(error, path.join(this.folder, eventsFile))
    }
    this.events += 1
    return event
  }
}
