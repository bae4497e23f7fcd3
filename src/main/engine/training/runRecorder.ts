import { appendFile, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import type { RunEvent, RunRecord } from '../../../shared/run.ts'
import { systemCode, writeAtomic, writeError } from '../files.ts'
import { eventsFile, lockFile, lockText, recordFile, trainedBy } from '../store/runFolder.ts'

/** A run's folder has to be absent or empty. @throws ThawError output.not-empty, output.unwritable */
export async function requireEmpty(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    if (systemCode(error) === 'ENOTDIR') return [path.basename(folder)]
    throw writeError(error, folder)
  })
  if (there.length > 0) throw new ThawError('output.not-empty', { folder })
}

/** The folder of a run while it is being trained: records events, and keeps others out. */
export class RunRecorder {
  readonly folder: string
  events = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  /** It is there with its record, or not at all. @throws ThawError output.not-empty, output.unwritable, disk.full */
  static async create(folder: string, record: RunRecord): Promise<RunRecorder> {
    await requireEmpty(folder)
    const run = new RunRecorder(folder)
    const checkpoints = path.join(folder, 'checkpoints')
    try {
      await mkdir(checkpoints, { recursive: true })
    } catch (error) {
      throw writeError(error, checkpoints)
    }
    await run.lock()
    try {
      await writeAtomic(path.join(folder, recordFile), [`${JSON.stringify(record, null, 1)}\n`])
      return run
    } catch (error) {
      await run.release()
      for (const made of [checkpoints, folder]) await rmdir(made).catch(() => undefined)
      throw error
    }
  }

  /** @throws ThawError run.locked */
  static async open(folder: string): Promise<RunRecorder> {
    const run = new RunRecorder(folder)
    const pid = await trainedBy(folder)
    if (pid !== undefined && pid !== process.pid) throw run.locked(pid)
    await run.release()
    await run.lock()
    return run
  }

  /** Of two processes that come at the same moment, one finds the file there. */
  private async lock(): Promise<void> {
    const file = path.join(this.folder, lockFile)
    try {
      await writeFile(file, lockText(), { flag: 'wx' })
    } catch (error) {
      const pid = await trainedBy(this.folder)
      throw pid === undefined ? writeError(error, file) : this.locked(pid)
    }
  }

  private locked(pid: number): ThawError {
    return new ThawError('run.locked', { run: path.basename(this.folder), pid })
  }

  async release(): Promise<void> {
    await rm(path.join(this.folder, lockFile), { force: true })
  }

  /** Forgets what happened after a checkpoint: it will happen again. */
  async rewind(events: number): Promise<void> {
    const file = path.join(this.folder, eventsFile)
    const text = events > 0 ? await readFile(file, 'utf8') : ''
    const lines = text.split('\n').filter(Boolean).slice(0, events)
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
