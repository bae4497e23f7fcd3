import { createReadStream } from 'node:fs'
import { readdir, rm, rmdir, truncate } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import type { RunEvent, RunRecord } from '../../../shared/run.ts'
import { exists, removeTemporaries, systemCode, writeAtomic, writeError, makeFolder } from '../files.ts'
import { Lock } from '../lock.ts'
import { checkpointFile } from './checkpoint.ts'
import { appendLines } from '../store/lineFile.ts'
import { eventsFile, lockOf, recordFile, trainedBy } from '../store/runFolder.ts'

/** The time, so that ids sort by age, and a few letters by chance. */
export const newRunId = (): string =>
  `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}-${Math.random().toString(36).slice(2, 6)}`

/** A run's folder has to be absent or empty. @throws ThawError output.not-empty, output.unwritable */
export async function requireEmpty(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    if (systemCode(error) === 'ENOTDIR') return [path.basename(folder)]
    throw writeError(error, folder)
  })
  if (there.length > 0) throw new ThawError('output.not-empty', { folder })
}

/** The first `most` lines of a file, without reading more of it at once than a piece: how many there are, and their bytes. */
export async function startOf(file: string, most: number): Promise<{ lines: number; bytes: number }> {
  let [lines, bytes, at] = [0, 0, 0]
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    for (let end = piece.indexOf(10); end >= 0 && lines < most; end = piece.indexOf(10, end + 1)) {
      lines += 1
      bytes = at + end + 1
    }
    at += piece.length
    if (lines === most) break
  }
  return { lines, bytes }
}

/** The folder of a run while it is being trained: records events, and keeps others out. */
export class RunRecorder {
  readonly folder: string
  events = 0

  private readonly lock: Lock

  /** @throws ThawError run.locked */
  private constructor(folder: string) {
    const lock = Lock.take(lockOf(folder))
    if (!lock) throw new ThawError('run.locked', { run: path.basename(folder), pid: trainedBy(folder) ?? 0 })
    this.folder = folder
    this.lock = lock
  }

  /** It is there with its record, or not at all. @throws ThawError output.not-empty, output.unwritable, disk.full */
  static async create(folder: string, record: RunRecord): Promise<RunRecorder> {
    await requireEmpty(folder)
    const checkpoints = path.join(folder, 'checkpoints')
    try {
      await makeFolder(checkpoints)
    } catch (error) {
      throw writeError(error, checkpoints)
    }
    const run = new RunRecorder(folder)
    try {
      await writeAtomic(path.join(folder, recordFile), [`${JSON.stringify(record, null, 1)}\n`])
      return run
    } catch (error) {
      run.release()
      await rm(`${lockOf(folder)}.sqlite`, { force: true })
      for (const made of [checkpoints, folder]) await rmdir(made).catch(() => undefined)
      throw error
    }
  }

  /** Takes the folder of a run that goes on, and removes what a killed process left half-written. @throws ThawError run.locked */
  static async open(folder: string): Promise<RunRecorder> {
    const run = new RunRecorder(folder)
    for (const place of [folder, path.dirname(checkpointFile(folder))]) await removeTemporaries(place)
    return run
  }

  /** What run.json tells from now on. @throws ThawError disk.full, output.unwritable */
  async describe(record: RunRecord): Promise<void> {
    const file = path.join(this.folder, recordFile)
    try {
      await writeAtomic(file, [`${JSON.stringify(record, null, 1)}\n`])
    } catch (error) {
      throw writeError(error, file)
    }
  }

  release(): void {
    this.lock.release()
  }

  /** Forgets what happened after a checkpoint: it will happen again. */
  async rewind(events: number): Promise<void> {
    const file = path.join(this.folder, eventsFile)
    const { lines, bytes } = events > 0 ? await startOf(file, events) : { lines: 0, bytes: 0 }
    // Nothing is copied: what came after is cut off, and read no more if the process ends here.
    if (await exists(file)) await truncate(file, bytes)
    this.events = lines
  }

  /** Records an event before anybody hears of it. */
  async record(event: RunEvent): Promise<RunEvent> {
    try {
      await appendLines(path.join(this.folder, eventsFile), `${JSON.stringify(event)}\n`)
    } catch (error) {
      throw systemCode(error) === undefined ? error : writeError(error, path.join(this.folder, eventsFile))
    }
    this.events += 1
    return event
  }
}
