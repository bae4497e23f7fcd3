import { appendFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { EventPages } from '../../../../src/main/engine/store/eventPages.ts'
import type { RunEvent } from '../../../../src/shared/run.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

const batch = (number: number, loss = 1): RunEvent => ({
  type: 'batch',
  ...{ epoch: 1, batch: number, batches: 100, loss, accuracy: 0.5, batchLoss: loss },
  ...{ photosPerSecond: 10, secondsLeft: 1, learningRates: [0.1] },
})
const lines = (events: readonly RunEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('')
const batches = (from: number, to: number, loss?: number) =>
  Array.from({ length: to - from }, (_, i) => batch(from + i, loss))

async function aRun(name: string, events: string): Promise<{ run: string; file: string }> {
  await put(folder.path(name, 'events.jsonl'), events)
  return { run: folder.path(name), file: path.join(folder.path(name), 'events.jsonl') }
}

const numbers = (events: readonly RunEvent[]) => events.map((event) => event.type === 'batch' && event.batch)

test('Pages follow each other to the end, and on once more has happened', async () => {
  const { run, file } = await aRun('pages', lines(batches(0, 5)))
  const pages = new EventPages()
  expect(await pages.read(run, 0, 3)).toEqual({ events: batches(0, 3), next: 3, done: false })
  expect(await pages.read(run, 3, 3)).toEqual({ events: batches(3, 5), next: 5, done: true })
  expect(await pages.read(run, 5, 3)).toEqual({ events: [], next: 5, done: true })
  await appendFile(file, lines(batches(5, 6)))
  expect(await pages.read(run, 5, 3)).toEqual({ events: batches(5, 6), next: 6, done: true })
  expect(await new EventPages().read(run, 2, 2)).toEqual({ events: batches(2, 4), next: 4, done: false })
})

test('What came before a page that follows another is not read again', async () => {
  const { run, file } = await aRun('again', lines(batches(0, 6)))
  const pages = new EventPages()
  await pages.read(run, 0, 3)
  // As many bytes, more lines: who reads from the beginning counts them.
  const text = await readFile(file, 'utf8')
  await writeFile(file, '\n'.repeat(20) + text.slice(20))
  expect(numbers((await pages.read(run, 3, 10)).events)).toEqual([3, 4, 5])
  expect(numbers((await new EventPages().read(run, 3, 10)).events)).not.toEqual([3, 4, 5])
})

test('A file that was cut off and written on since is read from its beginning', async () => {
  const { run, file } = await aRun('resumed', lines(batches(0, 6)))
  const pages = new EventPages()
  await pages.read(run, 0, 4)
  await writeFile(file, lines([...batches(0, 2), ...batches(2, 6, 0.25)]))
  expect((await pages.read(run, 4, 10)).events).toEqual(batches(4, 6, 0.25))
  await writeFile(file, lines(batches(0, 2)))
  expect(await pages.read(run, 4, 10)).toEqual({ events: [], next: 4, done: true })
})

const norms = (number: number): RunEvent => ({
  type: 'norms',
  ...{ epoch: 1, batch: number, parameters: [{ name: 'fc.weight', gradient: 1, update: 0.1, weight: 10 }] },
})

test('Of batches only every n-th is told, and those that something else or nothing follows', async () => {
  const events = [...batches(1, 8), norms(7), ...batches(8, 11)]
  const { run } = await aRun('thinned', lines(events))
  const pages = new EventPages()
  expect(await pages.read(run, 0, 100, 4)).toEqual({
    events: [batch(4), batch(7), norms(7), batch(8), batch(10)],
    ...{ next: 11, done: true },
  })
  // Pages go on behind what was left out.
  const first = await pages.read(run, 0, 2, 4)
  expect(first).toEqual({ events: [batch(4), batch(7)], next: 7, done: false })
  expect(numbers((await pages.read(run, first.next, 100, 4)).events)).toEqual([false, 8, 10])
})

test('A page is told where it ends, whatever could not be read before', async () => {
  const { run } = await aRun('damaged', `${lines(batches(0, 2))}{"type":"bat\n${lines(batches(2, 3))}`)
  expect(await new EventPages().read(run, 0, 10)).toEqual({ events: batches(0, 3), next: 4, done: true })
})
