import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { JobRecord } from '../../../shared/api/jobs.ts'
import { makeFolder } from '../files.ts'
import { Lock } from '../lock.ts'
import { readJson, writeJson } from '../store/jsonFile.ts'

const lockIn = (folder: string): string => path.join(folder, 'lock')
const fileOf = (folder: string, id: string): string => path.join(folder, `${id}.json`)

/**
 * Jobs in the data folder: a file of JSON each, in a folder of this process, which it has locked. What a process leaves that
 * ended, however it ended, the next one inherits; two that run at a time do not take each other's jobs.
 */
export class JobStore {
  private readonly root: string
  private own: Promise<{ folder: string; lock: Lock | undefined }> | undefined

  constructor(root: string) {
    this.root = root
  }

  /** @throws ThawError disk.full, output.unwritable */
  async keep(records: readonly JobRecord[], forget: readonly string[]): Promise<void> {
    const folder = await this.folder()
    for (const record of records) await writeJson(fileOf(folder, record.job.id), record)
    for (const id of forget) await rm(fileOf(folder, id), { force: true })
  }

  /** What others have left. A record that cannot be read is left out. @throws ThawError disk.full, output.unwritable */
  async inherit(): Promise<JobRecord[]> {
    const own = await this.folder()
    const found: JobRecord[] = []
    const folders = (await readdir(this.root, { withFileTypes: true })).filter((entry) => entry.isDirectory())
    for (const { name } of folders) {
      const folder = path.join(this.root, name)
      if (folder === own) continue
      const lock = Lock.take(lockIn(folder))
      if (!lock) continue
      const records = await recordsIn(folder)
      // Ours before the others' are gone: a crash in between leaves both, and an id is taken up once.
      await this.keep(records, [])
      lock.release()
      await rm(folder, { recursive: true, force: true })
      found.push(...records)
    }
    return found
  }

  async close(): Promise<void> {
    const own = await this.own?.catch(() => undefined)
    own?.lock?.release()
  }

  private async folder(): Promise<string> {
    // A folder that could not be made is tried again.
    this.own ??= this.make().catch((error: unknown) => {
      this.own = undefined
      throw error
    })
    return (await this.own).folder
  }

  private async make() {
    const folder = path.join(this.root, randomBytes(6).toString('hex'))
    await makeFolder(folder)
    return { folder, lock: Lock.take(lockIn(folder)) }
  }
}

async function recordsIn(folder: string): Promise<JobRecord[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const records = await Promise.all(names.map((name) => readJson(path.join(folder, name), JobRecord)))
  return records.filter((record) => record !== undefined)
}
