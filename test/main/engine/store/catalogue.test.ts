import { readdir, readFile, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../../../src/main/engine/store/catalogue.ts'
import { migrations } from '../../../../src/main/engine/store/migrations.ts'
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
  older.exec('CREATE TABLE old (a); PRAGMA user_version = 1')
  older.close()
  ;(migrations as string[]).push('CREATE TABLE added (a TEXT) STRICT;')
  try {
    const { database } = openCatalogue(file)
    expect(tablesOf(database)).toContainEqual({ name: 'added' })
    database.close()
  } finally {
    ;(migrations as string[]).pop()
  }
  const backup = new DatabaseSync(`${file}.version-1`)
  expect(tablesOf(backup)).toContainEqual({ name: 'old' })
  expect(tablesOf(backup)).not.toContainEqual({ name: 'added' })
  backup.close()
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
