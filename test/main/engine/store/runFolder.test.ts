import { link, mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import {
  bytesIn,
  eventCount,
  findRun,
  lockOf,
  readEvents,
  readRecord,
  runFolderOf,
  summarise,
  trainedBy,
} from '../../../../src/main/engine/store/runFolder.ts'
import { Lock } from '../../../../src/main/engine/lock.ts'
import { scoreOf } from '../../../../src/shared/metrics.ts'
import type { ThawError } from '../../../../src/shared/errors.ts'
import type { RunEvent } from '../../../../src/shared/run.ts'
import { aRecord, planEvent } from '../../../support/engine/records.ts'
import { put, temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

const epoch = (number: number, correct: number, best: boolean): RunEvent => ({
  type: 'epoch',
  epoch: number,
  train: null,
  val: scoreOf(1, correct, 10),
  confusion: { classes: 2, cells: [] },
  learningRates: [0.1],
  seconds: 2,
  best,
})

async function aRun(name: string, events: (RunEvent | string)[], record: object = aRecord({ id: name })) {
  const run = folder.path('runs', name)
  await put(`${run}/run.json`, JSON.stringify(record))
  const lines = events.map((event) => (typeof event === 'string' ? event : `${JSON.stringify(event)}\n`))
  await put(`${run}/events.jsonl`, lines.join(''))
  return run
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

test('Events of former runs are read as today’s: full confusion matrices, rates, phases', async () => {
  const former = epoch(1, 5, true)
  const lines = [
    {
      ...former,
      confusion: [
        [3, 0, 1],
        [0, 2, 0],
        [0, 0, 4],
      ],
    },
    { type: 'prefix', split: 'train', done: 1, total: 2, reused: false },
  ]
  const run = await aRun(
    'former',
    lines.map((line) => `${JSON.stringify(line)}\n`),
  )
  const [found, ...rest] = await all(readEvents(run))
  expect(rest).toEqual([])
  const cells = [
    [0, 0, 3],
    [0, 2, 1],
    [1, 1, 2],
    [2, 2, 4],
  ]
  expect(found!.event).toMatchObject({ type: 'epoch', confusion: { classes: 3, cells } })
})

const stopped: RunEvent = { type: 'stopped', epoch: 2, batch: 1, reason: 'asked' }

test('A summary is told by the events', async () => {
  const run = await aRun('good', [
    planEvent,
    epoch(0, 2, false),
    epoch(1, 8, true),
    epoch(2, 7, false),
    stopped,
  ])
  expect(await summarise(run)).toMatchObject({
    id: 'good',
    state: 'stopped',
    epoch: 2,
    learns: 10,
    total: 20,
    seconds: 6,
    best: { epoch: 1, correct: 8 },
    last: { correct: 7 },
  })
})

test('A run that was stopped, or failed, and went on is neither any more', async () => {
  const started = {
    ...{ type: 'started', run: 'on', folder: '/runs/on', environment: aRecord({ id: 'on' }).environment },
    ...{ classes: ['a', 'b'], train: 1, val: 1, unreadable: 0, epochs: 3, epoch: 2, batch: 1, seed: 1 },
  }
  const failed = { type: 'failed', code: 'disk.full', message: 'full', advice: '', parameters: {} }
  for (const [i, end] of [stopped, failed].entries()) {
    const lines = [planEvent, end, started].map((event) => `${JSON.stringify(event)}\n`)
    const run = await aRun(`on-${i}`, lines)
    expect((await all(readEvents(run))).map(({ event }) => event.type)).toHaveLength(3)
    expect(await summarise(run)).toMatchObject({ state: 'interrupted' })
    const before = await aRun(`before-${i}`, lines.slice(0, 2))
    expect(await summarise(before)).toMatchObject({ state: end.type })
  }
})

test('A run whose process is gone is interrupted, one whose process lives is running', async () => {
  const run = await aRun('alive', [planEvent])
  expect(await summarise(run)).toMatchObject({ state: 'interrupted' })
  const lock = Lock.take(lockOf(run))!
  expect(trainedBy(run)).toBe(process.pid)
  expect(await summarise(run)).toMatchObject({ state: 'running' })
  lock.release()
  expect(await summarise(run)).toMatchObject({ state: 'interrupted' })
})

test('A line that was cut off keeps its number and is left out', async () => {
  const run = await aRun('cut', [planEvent, '{"type":"epo\n', epoch(1, 5, true), '{"type":"batch","ep'])
  const events = await all(readEvents(run))
  expect(events.map(({ number, event }) => [number, event.type])).toEqual([
    [0, 'plan'],
    [2, 'epoch'],
  ])
  expect(await all(readEvents(run, 1))).toHaveLength(1)
  expect(await eventCount(run)).toBe(3)
})

test('A run is found by its id, also in a folder of another name', async () => {
  const run = await aRun('copied by hand', [planEvent], aRecord({ id: 'the-id' }))
  expect(await findRun(folder.path('runs'), 'the-id')).toBe(run)
  await expect(findRun(folder.path('runs'), 'none')).rejects.toMatchObject({ code: 'run.missing' })
})

test('A damaged run is told as damaged, not as missing; a copy of another name that can be read is taken', async () => {
  const runs = folder.path('damaged')
  await put(`${runs}/cut/run.json`, '{"id":"cu')
  await expect(findRun(runs, 'cut')).rejects.toMatchObject({ code: 'run.damaged' })
  await expect(findRun(runs, 'none')).rejects.toMatchObject({ code: 'run.missing' })
  await put(`${runs}/a copy/run.json`, JSON.stringify(aRecord({ id: 'cut' })))
  expect(await findRun(runs, 'cut')).toMatch(/a copy$/)
})

test('A run.json that is not there, is no JSON or lacks something is told apart', async () => {
  await mkdir(folder.path('empty'))
  await expect(readRecord(folder.path('empty'))).rejects.toMatchObject({ code: 'run.missing' })
  await put(folder.path('bad', 'run.json'), '{')
  await expect(readRecord(folder.path('bad'))).rejects.toMatchObject({ code: 'run.damaged' })
  await put(folder.path('less', 'run.json'), JSON.stringify({ ...aRecord({ id: 'x' }), classes: 3 }))
  await expect(readRecord(folder.path('less'))).rejects.toMatchObject({
    code: 'run.damaged',
    parameters: { reason: 'record-wrong', field: 'classes' },
  })
})

test('A file that has two names below a folder takes its room once', async () => {
  const kept = folder.path('kept')
  await put(`${kept}/best.safetensors`, 'x'.repeat(1000))
  await put(`${kept}/checkpoints/other`, 'x'.repeat(1000))
  await put(`${kept}/checkpoints/last`, 'y'.repeat(10))
  await link(`${kept}/best.safetensors`, `${kept}/checkpoints/best.safetensors`)
  expect(await bytesIn(kept)).toBe(2010)
})

test('A run is found by its folder, its id and its name; of several with one name their ids are told', async () => {
  const runs = folder.path('runs')
  for (const id of ['first', 'second']) await aRun(id, [], aRecord({ id, name: 'garden' }))
  await aRun('third', [], aRecord({ id: 'third', name: '정원' }))
  const home = folder.path()
  expect(await runFolderOf(home, `${runs}/first`)).toBe(`${runs}/first`)
  expect(await runFolderOf(home, 'second')).toBe(`${runs}/second`)
  expect(await runFolderOf(home, '정원')).toBe(`${runs}/third`)
  const error = await runFolderOf(home, 'garden').catch((it: unknown) => it)
  expect(error).toMatchObject({ code: 'run.ambiguous', parameters: { run: 'garden' } })
  expect((error as ThawError).parameters['ids']).toSatisfy((ids: string) =>
    ['first', 'second'].every((id) => ids.includes(id)),
  )
  await expect(runFolderOf(home, 'meadow')).rejects.toMatchObject({ code: 'run.missing' })
})
