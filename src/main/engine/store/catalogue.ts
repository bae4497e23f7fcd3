import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ThawError } from '../../../shared/errors.ts'
import { brokenName, writeError } from '../files.ts'
import { migrations } from './migrations.ts'
import { salvage } from './salvage.ts'
import { catalogueError, corrupt, isBroken } from './sqliteErrors.ts'

export interface Catalogue {
  database: DatabaseSync
  /** Where a catalogue that could not be read was put; undefined if all was well. */
  setAside: string | undefined
}

const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()!['user_version'])

/** Another process (a second window, the command line) may hold the file for a moment. */
const lockTimeout = 5000

function openSound(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: lockTimeout, enableForeignKeyConstraints: true })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
    const [first] = Object.values(database.prepare('PRAGMA quick_check(1)').get()!)
    if (first !== 'ok') throw Object.assign(new Error(String(first)), { errcode: corrupt })
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A copy under its name only once it is whole: a copy that was cut short would be no help. */
function backUp(database: DatabaseSync, copy: string): void {
  if (existsSync(copy)) return
  const unfinished = `${copy}.${process.pid}-0.tmp`
  rmSync(unfinished, { force: true })
  database.prepare('VACUUM INTO ?').run(unfinished)
  renameSync(unfinished, copy)
}

function migrate(database: DatabaseSync, file: string): void {
  const found = versionOf(database)
  if (found > migrations.length) throw new ThawError('catalogue.newer', { found, known: migrations.length })
  if (found === migrations.length) return
  if (found > 0) backUp(database, `${file}.version-${found}`)
  // IMMEDIATE: of two processes that start at once, one waits here and then finds the work done.
  database.exec('BEGIN IMMEDIATE')
  try {
    for (let version = versionOf(database); version < migrations.length; version += 1)
      database.exec(migrations[version]!)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** Puts a broken catalogue and its companions out of the way, for whoever wants to look into them. */
function putAside(file: string): string {
  const aside = brokenName(file)
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  return aside
}

/**
 * Opens the catalogue, brings it to this version's form (a copy of the old one stays beside it), and where it is broken begins
 * a new one: what it knew is found again in the data folder, or copied from it as far as it can be read.
 * @throws ThawError `catalogue.newer`, `output.unwritable`, `disk.full`, `busy`
 */
export function openCatalogue(file: string): Catalogue {
  try {
    mkdirSync(path.dirname(file), { recursive: true })
  } catch (error) {
    throw writeError(error, file)
  }
  let setAside: string | undefined
  for (;;) {
    let database: DatabaseSync | undefined
    try {
      database = openSound(file)
      migrate(database, file)
      if (setAside !== undefined) salvage(database, setAside)
      return { database, setAside }
    } catch (error) {
      database?.close()
      if (!isBroken(error) || setAside !== undefined) throw catalogueError(error, file)
      setAside = putAside(file)
    }
  }
}
