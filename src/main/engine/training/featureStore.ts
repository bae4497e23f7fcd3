import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readFully, writeFully } from '../files.ts'
import { isAlive } from '../processes.ts'

/** All that the frozen part's output depends on, beside the photo and its view. */
export interface FeatureKey {
  /** SHA-256 of the weight file. */
  weights: string
  cut: string
  preparation: object
  /** Backend, version, threads and precision: they change last bits. */
  environment: readonly (string | number)[]
}

/** Rows are kept while this much of the disk stays free, bytes. */
const leaveFree = 5 * 2 ** 30
/** All sets together; the ones that were used longest ago go first, bytes. */
const mostKept = 10 * 2 ** 30

/**
 * Outputs of the frozen part on disk, one file a set: rows of equal length, appended. The index has a line a row and is
 * written after it, so that what a killed process left half-written is never read. Only one process has a set at a time;
 * another goes without. Whatever goes wrong here costs time, never a run.
 */
export class FeatureStore {
  private readonly data: FileHandle
  private readonly index: FileHandle
  private readonly lock: string
  private readonly rows: Map<string, number>
  private next: number
  private full = false

  private constructor(data: FileHandle, index: FileHandle, lock: string, rows: Map<string, number>) {
    this.data = data
    this.index = index
    this.lock = lock
    this.rows = rows
    this.next = Math.max(-1, ...rows.values()) + 1
  }

  /** @returns undefined if another process has the set, or the folder cannot be written */
  static async open(folder: string, key: FeatureKey): Promise<FeatureStore | undefined> {
    const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)
    const file = path.join(folder, name)
    const lock = `${file}.lock`
    try {
      await mkdir(folder, { recursive: true })
      await trim(folder, name)
      const holder = await readFile(lock, 'utf8').catch(() => '')
      if (holder && !isAlive(Number(holder))) await rm(lock, { force: true })
      await writeFile(lock, String(process.pid), { flag: 'wx' })
    } catch {
      return undefined
    }
    try {
      const lines = (await readFile(`${file}.index`, 'utf8').catch(() => '')).split('\n').slice(0, -1)
      const rows = new Map(lines.map((line, number) => [line, number]))
      const data = await open(`${file}.rows`, 'a+')
      const index = await open(`${file}.index`, 'a')
      // A line that was cut short would run into the next one.
      await index.truncate(lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0))
      return new FeatureStore(data, index, lock, rows)
    } catch {
      await rm(lock, { force: true }).catch(() => undefined)
      return undefined
    }
  }

  has(row: string): boolean {
    return this.rows.has(row)
  }

  /** @returns undefined if the row is not there whole */
  async get(row: string, length: number): Promise<Float32Array | undefined> {
    const number = this.rows.get(row)
    if (number === undefined) return undefined
    const values = new Float32Array(length)
    const bytes = new Uint8Array(values.buffer)
    const read = await readFully(this.data, bytes, number * bytes.length).catch(() => 0)
    return read === bytes.length ? values : undefined
  }

  async put(row: string, values: Float32Array): Promise<void> {
    if (this.full || this.rows.has(row)) return
    try {
      const { size } = await this.data.stat()
      if (size !== this.next * values.byteLength) await this.data.truncate(this.next * values.byteLength)
      await writeFully(this.data, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      await writeFully(this.index, Buffer.from(`${row}\n`))
      this.rows.set(row, this.next)
      this.next += 1
      if (this.next % 64 === 0) this.full = await lacksSpace(path.dirname(this.lock))
    } catch {
      this.full = true
    }
  }

  async close(): Promise<void> {
    await this.data.close()
    await this.index.close()
    await rm(this.lock, { force: true })
  }
}

async function lacksSpace(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < leaveFree
}

/** Makes room: the sets used longest ago go, but for the one that is wanted now. */
async function trim(folder: string, keep: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.rows') && !name.startsWith(keep))
  const sets = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(path.join(folder, name))
      return { name, size, mtimeMs }
    }),
  )
  let total = sets.reduce((sum, { size }) => sum + size, 0)
  for (const { name, size } of sets.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= mostKept) return
    total -= size
    const set = path.join(folder, name.slice(0, -'.rows'.length))
    await rm(`${set}.index`, { force: true })
    await rm(`${set}.rows`, { force: true })
  }
}
