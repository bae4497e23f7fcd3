import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { writeError } from './files.ts'
import { databaseError, isBusy } from './store/sqliteErrors.ts'

/** A look at a lock takes it for less than a millisecond; who comes in that moment tries again for so long, milliseconds. */
const secondTry = 50

const databaseOf = (file: string): string => `${file}.sqlite`

/**
 * A lock that one process has at a time. The system itself keeps it: SQLite's exclusive lock on an empty database, which Linux,
 * macOS and Windows take back in the moment the process ends, however it ends. So nothing has to be judged stale, and no process
 * number that was given again is taken for the holder. The database stays where it is, and no process that has the lock may open
 * and close it by other means: POSIX would give the lock back. `file` beside it tells people who has it.
 */
export class Lock {
  private readonly file: string
  private readonly database: DatabaseSync

  private constructor(file: string, database: DatabaseSync) {
    this.file = file
    this.database = database
  }

  /**
   * @param guarded the file that is to be written under it: what a full disk is told about, rather than the lock
   * @returns undefined if another has it, in this process too
   * @throws ThawError output.unwritable, disk.full
   */
  static take(file: string, guarded = file): Lock | undefined {
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(databaseOf(file), { timeout: secondTry })
      // Nothing is written, so that no journal is ever left behind.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      writeFileSync(file, JSON.stringify({ pid: process.pid }))
      return new Lock(file, database)
    } catch (error) {
      database?.close()
      if (isBusy(error)) return undefined
      throw databaseError(writeError(error, guarded), guarded, 'the-lock')
    }
  }

  /** Gives it back. A second time does nothing. */
  release(): void {
    if (!this.database.isOpen) return
    rmSync(this.file, { force: true })
    this.database.close()
  }
}

/** Number of the process that has a lock; 0 if that is not known, undefined if none has it. */
export function holderOf(file: string): number | undefined {
  if (!existsSync(databaseOf(file))) return undefined
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(databaseOf(file), { readOnly: true })
    database.exec('PRAGMA user_version')
    return undefined
  } catch (error) {
    return isBusy(error) ? writtenHolder(file) : undefined
  } finally {
    database?.close()
  }
}

function writtenHolder(file: string): number {
  try {
    return Number((JSON.parse(readFileSync(file, 'utf8')) as { pid: unknown }).pid) || 0
  } catch {
    return 0
  }
}
