import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../../../src/main/engine/store/catalogue.ts'
import { migrations } from '../../../../src/main/engine/store/migrations.ts'
import { catalogueError, isBroken } from '../../../../src/main/engine/store/sqliteErrors.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()
let number = 0
const freshFile = () => folder.path(`${(number += 1)}`, 'catalogue.sqlite')

const tablesOf = (database: DatabaseSync) =>
  database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()

test('A new catalogue has its tables and keeps a log ahead of its writes', () => {
  const { database, setAside } = openCatalogue(freshFile())
  expect(setAside).toBeUndefined()
  expect(tablesOf(database).map((row) => row['name'])).toEqual([
    'connections',
    'datasets',
    'runs',
    'weight_files',
  ])
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length })
  database.close()
})

test('What was written is there when it is opened again', () => {
  const file = freshFile()
  const first = openCatalogue(file)
  first.database.exec("INSERT INTO connections (at, url, why) VALUES ('now', 'u', 'w')")
  first.database.close()
  const { database } = openCatalogue(file)
  expect(database.prepare('SELECT url FROM connections').all()).toEqual([{ url: 'u' }])
  database.close()
})

test('A catalogue of a newer version is refused and not touched', async () => {
  const file = freshFile()
  openCatalogue(file).database.close()
  const newer = new DatabaseSync(file)
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  const before = await readFile(file)
  expect(() => openCatalogue(file)).toThrow(expect.objectContaining({ code: 'catalogue.newer' }) as Error)
  expect(await readFile(file)).toEqual(before)
})

test('Before an older catalogue is changed, a copy of it is made', () => {
  const file = freshFile()
  openCatalogue(file).database.close()
  const older = new DatabaseSync(file)
  older.exec('CREATE TABLE old (a)')
  older.close()
  const version = migrations.length
  ;(migrations as string[]).push('CREATE TABLE added (a TEXT) STRICT;')
  try {
    const { database } = openCatalogue(file)
    expect(tablesOf(database)).toContainEqual({ name: 'added' })
    database.close()
  } finally {
    ;(migrations as string[]).pop()
  }
  const backup = new DatabaseSync(`${file}.version-${version}`)
  expect(tablesOf(backup)).toContainEqual({ name: 'old' })
  expect(tablesOf(backup)).not.toContainEqual({ name: 'added' })
  backup.close()
})

test('A change of its form that fails halfway leaves it as it was, and the next one that does not succeeds', () => {
  const file = freshFile()
  openCatalogue(file).database.close()
  const added = migrations as string[]
  added.push(
    'CREATE TABLE added (a TEXT) STRICT;',
    'CREATE TABLE half (a TEXT) STRICT; CREATE TABLE half (a TEXT)',
  )
  try {
    expect(() => openCatalogue(file)).toThrow('half')
    const before = new DatabaseSync(file)
    expect(tablesOf(before).filter(({ name }) => name === 'added' || name === 'half')).toEqual([])
    expect(before.prepare('PRAGMA user_version').get()).toEqual({ user_version: added.length - 2 })
    before.close()
    added[added.length - 1] = 'CREATE TABLE half (a TEXT) STRICT'
    const { database, setAside } = openCatalogue(file)
    expect(setAside).toBeUndefined()
    expect(tablesOf(database)).toContainEqual({ name: 'half' })
    database.close()
  } finally {
    added.splice(-2)
  }
})

test.each([
  ['rubbish', Buffer.alloc(20_000, 'rubbish ')],
  ['a page of zeros', Buffer.alloc(4096)],
])('A catalogue that is %s is put aside and begun anew', async (_, bytes) => {
  const file = await put(freshFile(), bytes)
  const { database, setAside } = openCatalogue(file)
  expect(tablesOf(database)).toHaveLength(4)
  expect(await readFile(setAside!)).toEqual(bytes)
  database.close()
})

test('A catalogue whose pages were overwritten is put aside, too', async () => {
  const file = freshFile()
  const { database } = openCatalogue(file)
  const insert = database.prepare("INSERT INTO connections (at, url, why) VALUES ('now', ?, 'w')")
  for (let i = 0; i < 2000; i += 1) insert.run(`${i}`.repeat(10))
  database.close()
  const bytes = await readFile(file)
  bytes.fill(0xff, 8192, 40_000)
  await writeFile(file, bytes)
  const again = openCatalogue(file)
  expect(again.setAside).toBeDefined()
  again.database.close()
})

test('What no other file tells is copied from a broken catalogue, as far as it can be read', async () => {
  const file = freshFile()
  const { database } = openCatalogue(file)
  database.exec("INSERT INTO weight_files (id, file, bytes) VALUES ('own-1', '/mine.pth', 7)")
  const insert = database.prepare("INSERT INTO connections (at, url, why) VALUES ('now', ?, 'w')")
  for (let i = 0; i < 2000; i += 1) insert.run(`${i}`.repeat(10))
  database.close()
  const bytes = await readFile(file)
  bytes.fill(0xff, bytes.length - 3 * 4096)
  await writeFile(file, bytes)
  const again = openCatalogue(file)
  expect(again.setAside).toBeDefined()
  expect(again.database.prepare('SELECT file FROM weight_files').all()).toEqual([{ file: '/mine.pth' }])
  const { kept } = again.database.prepare('SELECT count(*) AS kept FROM connections').get()!
  expect(kept).toBeGreaterThan(1000)
  again.database.close()
})

test('Killed in the middle of a change of its form, it is what it was, and its copy is whole', async () => {
  const file = freshFile()
  const { database } = openCatalogue(file)
  database.exec("INSERT INTO connections (at, url, why) VALUES ('now', 'u', 'w')")
  database.close()
  const store = path.resolve(import.meta.dirname, '../../../../src/main/engine/store')
  const endless =
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO added SELECT i FROM n'
  const script = await put(
    folder.path('migrate.ts'),
    `import { openCatalogue } from '${store}/catalogue.ts'
     import { migrations } from '${store}/migrations.ts'
     migrations.push('CREATE TABLE added (i INTEGER) STRICT; DELETE FROM connections; ${endless}')
     openCatalogue('${file}')`,
  )
  const copy = `${file}.version-${migrations.length}`
  const child = spawn(process.execPath, [...process.execArgv, script], { stdio: 'inherit' })
  await expect.poll(() => existsSync(copy), { timeout: 20_000 }).toBe(true)
  await sleep(300)
  child.kill('SIGKILL')
  await once(child, 'exit')
  for (const one of [file, copy]) {
    const { database: after, setAside } = openCatalogue(one)
    expect(setAside).toBeUndefined()
    expect(after.prepare('SELECT url FROM connections').all()).toEqual([{ url: 'u' }])
    expect(tablesOf(after)).not.toContainEqual({ name: 'added' })
    after.close()
  }
})

test('Only what is damaged, or was never a catalogue, is put aside: not one that is busy, full or closed', () => {
  const failed = (errcode: number) => Object.assign(new Error('sqlite'), { errcode })
  // SQLITE_CORRUPT, one of its kinds, SQLITE_NOTADB.
  expect([11, 11 | (3 << 8), 26].map((code) => isBroken(failed(code)))).toEqual([true, true, true])
  // Busy, locked, out of memory, read-only, interrupted, input, full, cannot open, busy in recovery.
  for (const code of [5, 6, 7, 8, 9, 10, 13, 14, 5 | (1 << 8)])
    expect(isBroken(failed(code)), `${code}`).toBe(false)
  expect(isBroken(new Error('another'))).toBe(false)
})

test('A place where there can be no catalogue is named', async () => {
  const file = freshFile()
  await mkdir(file, { recursive: true })
  expect(() => openCatalogue(file)).toThrow(expect.objectContaining({ code: 'output.unwritable' }) as Error)
})

test('A full disk and a read-only catalogue are told as what they are', () => {
  const file = freshFile()
  const failureOf = (work: () => void): unknown => {
    try {
      work()
    } catch (error) {
      return catalogueError(error, file)
    }
    return undefined
  }
  const { database } = openCatalogue(file)
  const big = () =>
    database.exec(`INSERT INTO connections (at, url, why) VALUES ('now', '${'u'.repeat(1e5)}', 'w')`)
  database.exec('PRAGMA max_page_count = 1')
  expect(failureOf(big)).toMatchObject({ code: 'disk.full', parameters: { file } })
  database.close()
  const reader = new DatabaseSync(file, { readOnly: true })
  expect(failureOf(() => reader.exec('DELETE FROM connections'))).toMatchObject({ code: 'output.unwritable' })
  reader.close()
  const other = new Error('other')
  expect(catalogueError(other, file)).toBe(other)
})

test.skipIf(process.platform !== 'linux')(
  'A disk without room is told from one that does not answer',
  async () => {
    const failed = Object.assign(new Error('disk I/O error'), { errcode: 522 })
    // It holds no files of anybody's, and so has no room.
    const full = '/proc/catalogue.sqlite'
    expect(catalogueError(failed, full)).toMatchObject({ code: 'disk.full', parameters: { file: full } })
    const file = freshFile()
    await mkdir(path.dirname(file), { recursive: true })
    expect(catalogueError(failed, file)).toMatchObject({
      code: 'output.unwritable',
      parameters: { reason: 'no-answer' },
    })
  },
)

test('Two that open it at once both get it', async () => {
  const file = freshFile()
  const one = openCatalogue(file)
  const two = openCatalogue(file)
  one.database.exec("INSERT INTO connections (at, url, why) VALUES ('now', 'one', 'w')")
  two.database.exec("INSERT INTO connections (at, url, why) VALUES ('now', 'two', 'w')")
  expect(one.database.prepare('SELECT url FROM connections').all()).toHaveLength(2)
  one.database.close()
  two.database.close()
  expect(await readdir(folder.path(`${number}`))).toEqual(['catalogue.sqlite'])
})
