import { open, readFile, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { Act, ActSummary } from '../../../shared/decisions.ts'
import { ThawError } from '../../../shared/errors.ts'
import { exists, makeFolder, systemCode, writeAtomic, writeError, writeFully } from '../files.ts'
import { Lock } from '../lock.ts'

const common = { n: z.int().positive(), at: z.string() }

/**
 * One line: something was decided, or the entry `of` was taken back, or holds again; or the dataset's folder was moved, or a further
 * archive packed again.
 */
const JournalEntry = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('act'),
    ...common,
    act: Act,
    /** Paths in the dataset. */
    photos: z.array(z.string()),
    summary: ActSummary,
  }),
  z.strictObject({ kind: z.literal('undo'), ...common, of: z.int().positive() }),
  z.strictObject({ kind: z.literal('redo'), ...common, of: z.int().positive() }),
  /** Absolute paths. No act: nobody takes it back, and what was decided before it can be. */
  z.strictObject({ kind: z.literal('relocated'), ...common, from: z.string(), to: z.string() }),
  /** Folders of a further archive's photos, as their paths in the dataset begin. No act either. */
  z.strictObject({ kind: z.literal('repacked'), ...common, from: z.string(), to: z.string() }),
])
export type JournalEntry = z.infer<typeof JournalEntry>
export type ActEntry = Extract<JournalEntry, { kind: 'act' }>

type Unnumbered<T> = T extends JournalEntry ? Omit<T, 'n' | 'at'> : never
/** An entry before it has its number and time. */
export type NewEntry = Unnumbered<JournalEntry>

/** Where a dataset's decisions lie, beside the file of its last scan. */
export const journalFile = (datasets: string, id: string): string => path.join(datasets, `${id}.journal`)

/** How long another process that writes is waited for, milliseconds. */
const waitsForLock = 5000

const checksumOf = (text: string): string => crc32(text).toString(16).padStart(8, '0')

const lineOf = (entry: JournalEntry): string => {
  const text = JSON.stringify(entry)
  return `${checksumOf(text)} ${text}\n`
}

/** An entry, or undefined where the line is cut off or damaged. */
function parsed(line: string): JournalEntry | undefined {
  const text = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== checksumOf(text)) return undefined
  try {
    return JournalEntry.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * What a person decided about a dataset: a file of lines that only grows, each with its CRC-32 before it. A line is on the disk
 * before its act counts as done, so nothing that was seen to happen is lost; one that a crash cut off never happened, and the rest
 * opens whatever byte the file ends at. Taking back is a further line.
 */
export class Journal {
  readonly file: string
  /** All sound entries, in order. */
  readonly entries: JournalEntry[] = []
  /** Lines that could not be read: what a crash cut off, or what was spoiled later. */
  damaged = 0
  /** Of these, those behind the last sound entry. What a crash cut off is ended by the next entry, and is none of them. */
  private damagedLast = 0
  /** Bytes of the file that `entries` reflects. */
  size = 0
  private endsLine = true
  /** Reading and writing come one after the other: a line read while it is being written would count twice. */
  private working: Promise<unknown> = Promise.resolve()

  private constructor(file: string) {
    this.file = file
  }

  /** Entries that were written and cannot be read any more: their numbers are missing. */
  get lost(): number {
    return this.newest - this.entries.length + this.damagedLast
  }

  private get newest(): number {
    return this.entries.at(-1)?.n ?? 0
  }

  static async open(file: string): Promise<Journal> {
    const journal = new Journal(file)
    await journal.refresh()
    return journal
  }

  /** Takes in what another process has written since. @returns the entries that are new */
  refresh(): Promise<JournalEntry[]> {
    return this.inTurn(() => this.read())
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.working.then(work)
    this.working = next.catch(() => undefined)
    return next
  }

  private async read(): Promise<JournalEntry[]> {
    const bytes = await bytesFrom(this.file, this.size)
    if (bytes === undefined || bytes.length === 0) return []
    const ended = bytes.lastIndexOf(10) + 1
    const fresh: JournalEntry[] = []
    for (const line of bytes.subarray(0, ended).toString('utf8').split('\n')) {
      if (line === '') continue
      const entry = parsed(line)
      if (entry) fresh.push(entry)
      else this.damaged += 1
      this.damagedLast = entry ? 0 : this.damagedLast + 1
    }
    // What a crash cut off stays a line of its own: the next entry ends it first.
    this.endsLine = ended === bytes.length
    this.size += ended
    this.entries.push(...fresh)
    return fresh
  }

  /**
   * Makes an entry of what the newest state leads to, and writes it. Entries of this and of other processes come one after the
   * other. @param make is given the entries that came meanwhile, and may throw
   * @returns the entry, once it is on the disk @throws ThawError `disk.full`, `output.unwritable`, `busy`
   */
  append(make: (fresh: JournalEntry[]) => NewEntry): Promise<JournalEntry> {
    return this.inTurn(() => this.appendNow(make))
  }

  private async appendNow(make: (fresh: JournalEntry[]) => NewEntry): Promise<JournalEntry> {
    await makeFolder(path.dirname(this.file))
    const lock = await this.lock()
    try {
      const made = make(await this.read())
      // The number of one that was spoiled stays its own, so that it is missed.
      const n = this.newest + this.damagedLast + 1
      const entry: JournalEntry = { ...made, n, at: new Date().toISOString() }
      const line = Buffer.from(`${this.endsLine ? '' : '\n'}${lineOf(entry)}`)
      await this.write(line)
      this.entries.push(entry)
      this.damagedLast = 0
      this.size = (await stat(this.file)).size
      this.endsLine = true
      return entry
    } finally {
      lock.release()
    }
  }

  private async write(line: Buffer): Promise<void> {
    // Of a new file its name is on the disk too, before anything is in it.
    if (!(await exists(this.file))) await writeAtomic(this.file, [])
    const before = (await stat(this.file)).size
    try {
      const handle = await open(this.file, 'a')
      try {
        await writeFully(handle, line)
        await handle.sync()
      } finally {
        await handle.close()
      }
    } catch (error) {
      // It did not happen, so what is there of it goes; where even that fails, its checksum tells.
      await truncate(this.file, before).catch(() => {
        this.endsLine = false
      })
      throw writeError(error, this.file)
    }
  }

  private async lock(): Promise<Lock> {
    const end = Date.now() + waitsForLock
    while (Date.now() < end) {
      const lock = Lock.take(`${this.file}.lock`, this.file)
      if (lock) return lock
      await pause(20)
    }
    throw new ThawError('busy', { what: 'the-dataset' })
  }
}

/** What a file holds from a byte on; undefined if it is not there. */
async function bytesFrom(file: string, from: number): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(file)
    if (size <= from) return undefined
    return (await readFile(file)).subarray(from)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
