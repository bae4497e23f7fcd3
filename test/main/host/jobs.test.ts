import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Job } from '../../../src/shared/api/jobs.ts'
import { RunConfig } from '../../../src/shared/config.ts'
import { createClient } from '../../../src/shared/rpc.ts'
import { wirePair } from '../../../src/shared/wire.ts'
import { contract } from '../../../src/shared/contract.ts'
import type { TestHost } from '../../support/engine/host.ts'
import { aHost, fakeEngine, photosIn } from '../../support/engine/host.ts'

const config = RunConfig.parse({})
const quick = { heartbeat: { interval: 50, silence: 1000 }, backOff: [50, 50, 50] }
const model = { backbone: 'efficientnet-lite0' }

/** The job when it has come to an end. */
async function ended({ client }: Pick<TestHost, 'client'>, job: string): Promise<Job> {
  await expect.poll(async () => (await client.call('jobs.get', { job })).state).not.toMatch(/waiting|running/)
  return client.call('jobs.get', { job })
}

async function aDataset(host: TestHost, classes = ['ants', 'bees']): Promise<string> {
  const folder = await photosIn(path.join(host.home, `photos-${classes.join('-')}`), classes)
  const { job } = await host.client.call('jobs.start', { kind: 'scan', folder })
  return ((await ended(host, job)).result as { id: string }).id
}

async function aSelection({ client, home }: TestHost, photos: number): Promise<string> {
  const folder = await photosIn(path.join(home, 'many'), ['ants'], photos - 1)
  return (await client.call('selections.make', { paths: [folder] })).selection
}

/** A second window. */
const another = ({ host }: TestHost) => {
  const [near, far] = wirePair()
  host.attach(far)
  return { client: createClient(contract, near), close: near.close }
}

test('A scan is a job: it is told of, counts, and gives the dataset', async () => {
  const host = await aHost()
  const changes: Job[] = []
  host.client.on('job.changed', (job) => changes.push(job))
  const folder = await photosIn(path.join(host.home, 'photos'), ['ants', 'bees'])
  const { job } = await host.client.call('jobs.start', { kind: 'scan', folder })
  expect(await ended(host, job)).toMatchObject({
    kind: 'scan',
    subject: 'photos',
    state: 'done',
    progress: { done: 6, total: 6 },
    result: { classes: ['ants', 'bees'] },
    error: null,
  })
  expect(new Set(changes.map(({ state }) => state))).toEqual(new Set(['waiting', 'running', 'done']))
})

test('A job goes on when the window that started it is gone, and another window sees it', async () => {
  const host = await aHost()
  const selection = await aSelection(host, 300)
  const first = another(host)
  const { job } = await first.client.call('jobs.start', { kind: 'classify', selection, model })
  first.close()
  expect(await ended(host, job)).toMatchObject({ state: 'done', result: { photos: 300, failed: 0 } })
  const { answers, done } = await host.client.call('classify.answers', { classification: job, from: 298 })
  expect(answers.map(({ index }) => index)).toEqual([298, 299])
  expect(done).toBe(true)
})

test('What does not fit a kind is refused, and no job comes of it', async () => {
  const { client } = await aHost()
  await expect(client.call('jobs.start', { kind: 'scan', folder: 'not absolute' })).rejects.toMatchObject({
    code: 'rpc.invalid',
  })
  expect(await client.call('jobs.list', {})).toEqual({ jobs: [] })
})

test('A job that fails says why, and can be tried again', async () => {
  const host = await aHost()
  const folder = path.join(host.home, 'later')
  const { job } = await host.client.call('jobs.start', { kind: 'scan', folder })
  expect(await ended(host, job)).toMatchObject({ state: 'failed', error: { code: 'dataset.missing' } })
  await photosIn(folder, ['ants', 'bees'])
  await host.client.call('jobs.retry', { job })
  expect(await ended(host, job)).toMatchObject({ state: 'done', error: null })
})

test('A second training waits for the first; the queue is numbered and can be put in another order', async () => {
  const host = await aHost()
  const { client } = host
  const dataset = await aDataset(host)
  const start = async (name: string) =>
    (await client.call('jobs.start', { kind: 'train', dataset, config, name })).job
  const [first, second, third] = [await start('one'), await start('two'), await start('three')] as const
  const places = async () =>
    (await client.call('jobs.list', {})).jobs.flatMap(({ subject, state, place }) =>
      state === 'waiting' ? [[subject, place]] : [],
    )
  expect(await places()).toEqual([
    ['two', 1],
    ['three', 2],
  ])
  await client.call('jobs.reorder', { job: third, before: second })
  expect(await places()).toEqual([
    ['three', 1],
    ['two', 2],
  ])
  await client.call('jobs.cancel', { job: second })
  expect(await client.call('jobs.get', { job: second })).toMatchObject({ state: 'cancelled', started: null })
  expect(await ended(host, first)).toMatchObject({ state: 'done' })
  expect(await ended(host, third)).toMatchObject({ state: 'done', place: null })
})

test('Classifying takes turns with a training: both come to their end, neither waits for the other', async () => {
  const host = await aHost()
  const { client } = host
  const dataset = await aDataset(host)
  const selection = await aSelection(host, 1000)
  const { job: training } = await client.call('jobs.start', { kind: 'train', dataset, config })
  const { job: answering } = await client.call('jobs.start', { kind: 'classify', selection, model })
  await expect
    .poll(async () => {
      const { jobs } = await client.call('jobs.list', {})
      return jobs.filter(({ state, progress }) => state === 'running' && progress && progress.done > 1).length
    })
    .toBe(2)
  expect(await ended(host, training)).toMatchObject({ state: 'done' })
  expect(await ended(host, answering)).toMatchObject({ state: 'done', result: { photos: 1000 } })
})

test('A training that is cancelled stops with its run; held, it goes on when it is let', async () => {
  const host = await aHost()
  const { client } = host
  const dataset = await aDataset(host)
  const { job } = await client.call('jobs.start', { kind: 'train', dataset, config })
  const run = async () => (await client.call('jobs.get', { job })).detail?.['run']
  await expect.poll(run).toBeDefined()
  await client.call('jobs.pause', { job })
  expect(await client.call('jobs.get', { job })).toMatchObject({ state: 'running', paused: true })
  expect(host.host.trainerState()).toMatchObject({ state: 'paused' })
  await client.call('jobs.resume', { job })
  expect(host.host.trainerState()).toMatchObject({ state: 'running' })
  await client.call('jobs.cancel', { job })
  expect(await client.call('jobs.get', { job })).toMatchObject({ state: 'cancelled' })
  const { runs } = await client.call('runs.list', {})
  expect(runs).toMatchObject([{ id: await run(), state: 'stopped' }])
})

test('A classification of several photos is named after the first and says how many more came with it', async () => {
  const host = await aHost()
  const { client } = host
  const folder = await photosIn(path.join(host.home, 'dropped'), ['ants'])
  const paths = ['train/ants/0.jpg', 'train/ants/1.jpg', 'val/ants/2.jpg'].map((it) => path.join(folder, it))
  const { job } = await client.call('classify.begin', { paths, model })
  expect((await client.call('jobs.get', { job })).subject).toBe('0.jpg +2')
  await ended(host, job)
  expect((await client.call('classify.get', { classification: job })).name).toBe('0.jpg +2')
})

test('Work that was held goes on where it was', async () => {
  const host = await aHost()
  const { client } = host
  const selection = await aSelection(host, 2000)
  const { job } = await client.call('jobs.start', { kind: 'classify', selection, model })
  const done = async () => (await client.call('jobs.get', { job })).progress?.done ?? 0
  await expect.poll(done).toBeGreaterThan(5)
  await client.call('jobs.pause', { job })
  await expect.poll(async () => (await client.call('jobs.get', { job })).state).toBe('waiting')
  const before = await done()
  await client.call('jobs.resume', { job })
  await expect.poll(done).toBeGreaterThanOrEqual(before)
  expect(await ended(host, job)).toMatchObject({ result: { photos: 2000, failed: 0 } })
  const { answers } = await client.call('classify.answers', { classification: job, limit: 2000 })
  expect(answers.map(({ index }) => index)).toEqual(answers.map((_, i) => i))
})

test('After a restart what can go on goes on, what cannot says so, and the queue keeps its order', async () => {
  const before = await aHost()
  const dataset = await aDataset(before)
  const selection = await aSelection(before, 2000)
  const start = async (input: Parameters<typeof before.client.call<'jobs.start'>>[1]) =>
    (await before.client.call('jobs.start', input)).job
  const answering = await start({ kind: 'classify', selection, model })
  const forecast = await start({ kind: 'forecast', dataset, config })
  const one = await start({ kind: 'train', dataset, config, name: 'one' })
  const two = await start({ kind: 'train', dataset, config, name: 'two' })
  await before.client.call('jobs.pause', { job: two })
  await expect
    .poll(async () => (await before.client.call('jobs.get', { job: answering })).progress)
    .not.toBeNull()
  await expect
    .poll(async () => (await before.client.call('jobs.get', { job: one })).detail?.['run'])
    .toBeDefined()
  await before.host.close()

  const after = await aHost(before.home)
  const jobs = new Map((await after.client.call('jobs.list', {})).jobs.map((job) => [job.id, job]))
  expect(jobs.get(answering)).toMatchObject({ kind: 'classify' })
  expect(jobs.get(two)).toMatchObject({ state: 'waiting', paused: true })
  expect(await ended(after, answering)).toMatchObject({ state: 'done', result: { photos: 2000, failed: 0 } })
  expect((await ended(after, forecast)).state).toBe('done')
  // This engine cannot go on with a run: it was asked to.
  expect(await ended(after, one)).toMatchObject({ state: 'failed', error: { code: 'run.no-checkpoint' } })
})

test('Right after a start nobody is told that a job is not there which is about to go on', async () => {
  const before = await aHost()
  const selection = await aSelection(before, 2000)
  const { job } = await before.client.call('jobs.start', { kind: 'classify', selection, model })
  await expect.poll(async () => (await before.client.call('jobs.get', { job })).progress).not.toBeNull()
  await before.host.close()
  const after = await aHost(before.home)
  const asked = await Promise.all([
    after.client.call('jobs.get', { job }),
    after.client.call('jobs.list', {}),
    after.client.call('jobs.pause', { job }),
  ])
  expect(asked).toMatchObject([{ id: job }, { jobs: [{ id: job }] }, {}])
  expect((await after.client.call('jobs.get', { job })).paused).toBe(true)
})

test('The list of jobs is answered where no library starts', async () => {
  const host = await aHost(undefined, {
    engine: { ...fakeEngine(), library: path.join(import.meta.dirname, 'none.ts') },
    supervision: { ...quick, backOff: [10, 10, 10] },
  })
  expect(await host.client.call('jobs.list', {})).toEqual({ jobs: [] })
})

test('A training whose trainer the system ends is not cancelled: it goes on, and what waits or is held keeps its place', async () => {
  const host = await aHost(undefined, { supervision: quick })
  const { client } = host
  const dataset = await aDataset(host)
  const start = async (name: string) =>
    (await client.call('jobs.start', { kind: 'train', dataset, config, name })).job
  const [one, two] = [await start('one'), await start('two')]
  await client.call('jobs.pause', { job: two })
  const told: string[] = []
  client.on('job.changed', ({ id, state }) => id === one && told.push(state))
  await expect.poll(async () => (await client.call('jobs.get', { job: one })).detail?.['run']).toBeDefined()
  process.kill(host.host.pid('trainer')!, 'SIGTERM')
  // This engine cannot go on with a run: it was asked to.
  expect(await ended(host, one)).toMatchObject({ state: 'failed', error: { code: 'run.no-checkpoint' } })
  expect(new Set(told)).toEqual(new Set(['running', 'waiting', 'failed']))
  expect(await client.call('jobs.get', { job: two })).toMatchObject({ state: 'waiting', paused: true })
})

test('A held training is still held after its trainer and Thaw itself were ended by the system at once', async () => {
  const before = await aHost()
  const dataset = await aDataset(before)
  const { job } = await before.client.call('jobs.start', { kind: 'train', dataset, config })
  const get = async () => before.client.call('jobs.get', { job })
  await expect.poll(async () => (await get()).detail?.['run']).toBeDefined()
  await before.client.call('jobs.pause', { job })
  process.kill(before.host.pid('trainer')!, 'SIGTERM')
  await before.host.close()
  const after = await aHost(before.home)
  await expect
    .poll(async () => (await after.client.call('jobs.list', {})).jobs)
    .toMatchObject([{ id: job, state: 'waiting', paused: true }, { kind: 'scan' }])
})

test('What the trainer does is answered while it is blocked', async () => {
  const host = await aHost()
  const { client } = host
  const dataset = await aDataset(host, ['ants', 'hang'])
  const { run } = await client.call('train.start', { dataset, config })
  // By now it is in an endless loop.
  await sleep(500)
  const answer = client.call('train.state', {})
  expect(await Promise.race([answer, sleep(1000, 'no answer')])).toEqual({
    ...{ work: 'training', run, state: 'running' },
  })
  // It does not end by being asked to.
  process.kill(host.host.pid('trainer')!, 'SIGKILL')
})

test('A library that is killed costs a scan nothing but time', async () => {
  const host = await aHost(undefined, { supervision: quick })
  const folder = await photosIn(path.join(host.home, 'photos'), ['ants', 'bees'], 400)
  const { job } = await host.client.call('jobs.start', { kind: 'scan', folder })
  await expect.poll(async () => (await host.client.call('jobs.get', { job })).state).toBe('running')
  process.kill(host.host.pid('library')!, 'SIGKILL')
  expect(await ended(host, job)).toMatchObject({ state: 'done', error: null })
})

test('A training that brings its trainer down is interrupted, and the next one in the queue is begun', async () => {
  const host = await aHost(undefined, { supervision: quick })
  const { client } = host
  const [bad, good] = [await aDataset(host, ['ants', 'crash']), await aDataset(host)]
  const { job: first } = await client.call('jobs.start', { kind: 'train', dataset: bad, config })
  const { job: second } = await client.call('jobs.start', { kind: 'train', dataset: good, config })
  expect(await ended(host, first)).toMatchObject({ state: 'interrupted', error: { code: 'engine.gone' } })
  expect(await ended(host, second)).toMatchObject({ state: 'done' })
})

test('Jobs lie in the data folder as JSON; those that were cleared are gone, a damaged one harms no other', async () => {
  const before = await aHost()
  await aDataset(before)
  const other = await aDataset(before, ['cats', 'dogs'])
  expect(other).toBeDefined()
  const folder = path.join(before.home, 'jobs')
  const files = async () =>
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'))
  await expect.poll(files).toHaveLength(2)
  await before.host.close()
  await writeFile(path.join(folder, (await files())[0]!), '{"job": {')
  const after = await aHost(before.home)
  await expect.poll(async () => (await after.client.call('jobs.list', {})).jobs.length).toBe(1)
  await after.client.call('jobs.clear', {})
  expect(await after.client.call('jobs.list', {})).toEqual({ jobs: [] })
  await expect.poll(files).toEqual([])
})
