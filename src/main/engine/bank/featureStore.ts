import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, statfs, utimes } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import type { Preparation } from '../../../shared/preparation.ts'
import { readFully } from '../files.ts'
import { Lock } from '../lock.ts'
import type { Row } from './featureIndex.ts'
import { headerLine, readIndex, rowLine } from './featureIndex.ts'
import { makeRoom } from './featureRoom.ts'

/** All that features depend on, beside the photo and its view. */
export interface FeatureKey {
  /** SHA-256 of the weight file. */
  weights: string
  /** Full name of the last layer that is computed. */
  cut: string
  preparation: Preparation
  /** What changes last bits, see featureEnvironment.ts. */
  environment: readonly (string | number)[]
}

/** Rows are kept while this much of the disk stays free, bytes. */
const leaveFree = 5 * 2 ** 30
/** After this many new rows they are brought to the disk, and its room is looked at. */
const rowsBetween = 256

/** How far apart on the disk the rows are that are read together. */
const rowsAtOnce = 1024

/** What a set's files are called. */
const nameOf = (key: FeatureKey): string =>
  createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/**
 * Features on disk, for training and for the bank: a set a key, two files a set. `NAME.rows` holds rows of one length;
 * `NAME.index` has a line a row, each with its own checksum and that of its row. Whatever is cut short, torn or flipped there
 * counts as absent and is computed again: what goes wrong here costs time, never a run, and gives no wrong features. Only one
 * process adds to a set at a time; others read it.
 */
export class FeatureStore {
  private readonly file: string
  private readonly data: FileHandle
  /** Missing where another process adds rows. */
  private readonly index: FileHandle | undefined
  private readonly lock: Lock | undefined
  private readonly rows: Map<string, Row>
  /** Numbers in a row; null while there is none. */
  private length: number | null
  private next: number
  /** Where the next line goes, bytes. */
  private indexEnd: number
  private full = false

  private constructor(
    file: string,
    files: { data: FileHandle; index: FileHandle | undefined; lock: Lock | undefined },
    found: Awaited<ReturnType<typeof readIndex>>,
  ) {
    this.file = file
    this.data = files.data
    this.index = files.index
    this.lock = files.lock
    this.rows = found.rows
    this.length = found.length
    this.indexEnd = found.end
    this.next = 0
    for (const { number } of found.rows.values()) this.next = Math.max(this.next, number + 1)
  }

  /** @returns undefined if the folder can be neither read nor written */
  static async open(folder: string, key: FeatureKey): Promise<FeatureStore | undefined> {
    const name = nameOf(key)
    const file = path.join(folder, name)
    const lock = await takeLock(folder, name)
    const isMine = lock !== undefined
    try {
      const found = await readIndex(`${file}.index`)
      const flags = isMine ? constants.O_RDWR | constants.O_CREAT : constants.O_RDONLY
      const data = await open(`${file}.rows`, flags)
      const index = isMine ? await open(`${file}.index`, flags) : undefined
      await index?.truncate(found.end)
      const { size } = await data.stat()
      for (const [row, { number }] of found.rows)
        if ((number + 1) * 4 * found.length! > size) found.rows.delete(row)
      const now = new Date()
      // By this time the sets used longest ago are told.
      if (isMine) await utimes(`${file}.rows`, now, now)
      return new FeatureStore(file, { data, index, lock }, found)
    } catch {
      lock?.release()
      return undefined
    }
  }

  /** The rows of a set, as far as its index tells: nothing is taken or made for that. */
  static async rowsOf(folder: string, key: FeatureKey): Promise<ReadonlySet<string>> {
    return new Set((await readIndex(path.join(folder, `${nameOf(key)}.index`))).rows.keys())
  }

  has(row: string): boolean {
    return this.rows.has(row)
  }

  /** @returns undefined if the row is not there whole, or has another length; it is then no longer said to be there */
  async get(row: string, length: number): Promise<Float32Array | undefined> {
    const found = this.rows.get(row)
    if (!found) return undefined
    if (length === this.length) {
      const values = new Float32Array(length)
      const bytes = bytesOf(values)
      const read = await readFully(this.data, bytes, found.number * bytes.length).catch(() => 0)
      if (read === bytes.length && crc32(bytes) === found.checksum) return values
    }
    this.rows.delete(row)
    return undefined
  }

  /**
   * Reads many rows into `target`, one after the other, in the order in which they lie on the disk: what is in one piece there is
   * read in one piece.
   * @returns the indices in `rows` of those that are not there whole
   */
  async getAll(rows: readonly string[], length: number, target: Float32Array): Promise<number[]> {
    const absent: number[] = []
    const found: { index: number; row: Row }[] = []
    rows.forEach((name, index) => {
      const row = this.length === length ? this.rows.get(name) : undefined
      if (row) found.push({ index, row })
      else absent.push(index)
    })
    found.sort((a, b) => a.row.number - b.row.number)
    for (let from = 0; from < found.length;) {
      const first = found[from]!.row.number
      let to = from + 1
      while (to < found.length && found[to]!.row.number - first < rowsAtOnce) to += 1
      const rowBytes = length * Float32Array.BYTES_PER_ELEMENT
      const bytes = new Uint8Array((found[to - 1]!.row.number - first + 1) * rowBytes)
      const read = await readFully(this.data, bytes, first * rowBytes).catch(() => 0)
      for (const { index, row } of found.slice(from, to)) {
        const start = (row.number - first) * rowBytes
        const own = bytes.subarray(start, start + rowBytes)
        if (start + rowBytes > read || crc32(own) !== row.checksum) {
          this.rows.delete(rows[index]!)
          absent.push(index)
        } else target.set(new Float32Array(own.buffer, own.byteOffset, length), index * length)
      }
      from = to
    }
    return absent.sort((a, b) => a - b)
  }

  async put(row: string, values: Float32Array): Promise<void> {
    if (this.full || !this.index || this.rows.has(row)) return
    try {
      if (this.length === null) {
        await this.append(headerLine(values.length))
        this.length = values.length
      }
      if (this.length !== values.length) return
      const bytes = bytesOf(values)
      const added = { number: this.next, checksum: crc32(bytes) }
      await writeAt(this.data, bytes, added.number * bytes.length)
      await this.append(rowLine(row, added))
      this.rows.set(row, added)
      this.next += 1
      if (this.next % rowsBetween !== 0) return
      await this.sync()
      this.full = await lacksSpace(path.dirname(this.file))
    } catch {
      this.full = true
    }
  }

  private async append(line: Buffer): Promise<void> {
    await writeAt(this.index!, line, this.indexEnd)
    this.indexEnd += line.length
  }

  private async sync(): Promise<void> {
    await this.data.datasync()
    await this.index?.datasync()
  }

  async close(): Promise<void> {
    if (this.index) await this.sync().catch(() => undefined)
    await this.data.close()
    if (!this.index) return
    await this.index.close()
    this.lock?.release()
  }
}

/** Who has it may add to the set. Room is made first. */
async function takeLock(folder: string, name: string): Promise<Lock | undefined> {
  try {
    await mkdir(folder, { recursive: true })
    await makeRoom(folder, name)
    return Lock.take(path.join(folder, `${name}.lock`))
  } catch {
    return undefined
  }
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at)
    at += bytesWritten
  }
}

async function lacksSpace(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < leaveFree
}
