import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { EngineState } from '../../../src/shared/api/app.ts'
import { RunConfig } from '../../../src/shared/config.ts'
import { put } from '../../support/folder.ts'
import type { TestHost } from '../../support/engine/host.ts'
import { aHost, fakeEngine, photosIn, testFolder } from '../../support/engine/host.ts'

const config = RunConfig.parse({})
const quick = { heartbeat: { interval: 50, silence: 1000 }, backOff: [50, 50, 50] }

function watchStates({ client }: TestHost, part: EngineState['part']): EngineState['state'][] {
  const seen: EngineState['state'][] = []
  client.on('engine.state', (state) => {
    if (state.part === part) seen.push(state.state)
  })
  return seen
}

async function aDataset({ client, home }: TestHost, classes: string[]) {
  return client.call('datasets.add', { folder: await photosIn(path.join(home, 'photos'), classes) })
}

test('Calls wait until their child is ready, and reach it by name', async () => {
  const { client, home } = await aHost()
  expect(await client.call('settings.get', {})).toMatchObject({ language: 'system', threads: null })
  expect(await client.call('train.state', {})).toEqual({ work: null, run: null, state: null })
  expect(await client.call('app.info', {})).toMatchObject({ mode: 'serve', home })
})

test('What children have compiled is kept in the cache folder for their next start, unless somebody has set another place', async () => {
  const folder = await testFolder()
  const { host, client, home } = await aHost(path.join(folder, 'home'))
  await client.call('settings.get', {})
  await host.close()
  const kept = await readdir(path.join(home, 'cache', 'compiled'), { recursive: true })
  expect(kept.length).toBeGreaterThan(100)

  const elsewhere = path.join(folder, 'elsewhere')
  const again = { THAW_HOME: path.join(folder, 'other'), THAW_CACHE: '', NODE_COMPILE_CACHE: elsewhere }
  const other = await aHost(undefined, { env: { ...process.env, ...again } })
  await other.client.call('settings.get', {})
  await other.host.close()
  expect(await readdir(elsewhere)).not.toEqual([])
  expect(existsSync(path.join(folder, 'other', 'cache', 'compiled'))).toBe(false)
})

test('A run is started, told of, and found in the library', async () => {
  const host = await aHost()
  const { client } = host
  const dataset = await aDataset(host, ['ants', 'bees'])
  const numbers: number[] = []
  const states: string[] = []
  client.on('run.events', ({ from, events }) => numbers.push(...events.map((_, i) => from + i)))
  client.on('run.state', ({ state }) => states.push(state))
  const { run } = await client.call('train.start', { dataset: dataset.id, config })
  expect(host.host.trainerState()).toMatchObject({ work: 'training', run })
  await expect(client.call('train.start', { dataset: dataset.id, config })).rejects.toMatchObject({
    code: 'busy',
  })
  await expect.poll(() => states).toEqual(['running', 'finished'])
  expect(numbers).toEqual(numbers.map((_, i) => i))
  const { events, done } = await client.call('runs.events', { run })
  expect(events).toHaveLength(numbers.length)
  expect(done).toBe(true)
  const { runs } = await client.call('runs.list', {})
  expect(runs).toMatchObject([{ id: run, state: 'finished' }])
})

test('Who hears that a run is over can start the next one at once', async () => {
  const host = await aHost()
  const { client } = host
  const dataset = await aDataset(host, ['ants', 'bees'])
  const ids = new Set<string>()
  for (let round = 0; round < 4; round += 1) {
    const over = new Promise((resolve) => {
      client.on('run.state', (event) => event.state === 'finished' && resolve(event))
    })
    ids.add((await client.call('train.start', { dataset: dataset.id, config })).run)
    await over
  }
  expect(ids.size).toBe(4)
})

test('A run can be held, let go on, and stopped', async () => {
  const host = await aHost()
  const { client } = host
  const dataset = await aDataset(host, ['ants', 'bees'])
  const states: string[] = []
  client.on('run.state', ({ state }) => states.push(state))
  const { run } = await client.call('train.start', { dataset: dataset.id, config })
  await client.call('train.pause', { run })
  expect(await client.call('train.state', {})).toMatchObject({ state: 'paused' })
  await client.call('train.resume', { run })
  await client.call('train.stop', { run })
  expect(states).toEqual(['running', 'paused', 'running', 'stopped'])
  expect(host.host.trainerState()).toMatchObject({ work: null })
  await expect(client.call('train.stop', { run })).rejects.toMatchObject({ code: 'not-found' })
})

test('A trainer that crashes is told of, its run is interrupted, and it is there again', async () => {
  const host = await aHost(undefined, { supervision: quick })
  const { client } = host
  const dataset = await aDataset(host, ['ants', 'crash'])
  const states = watchStates(host, 'trainer')
  const interrupted = new Promise((resolve) => {
    client.on('run.state', (event) => event.state === 'interrupted' && resolve(event))
  })
  const { run } = await client.call('train.start', { dataset: dataset.id, config })
  expect(await interrupted).toMatchObject({ run, why: { code: 'engine.gone' } })
  expect(await client.call('train.state', {})).toMatchObject({ work: null })
  expect(states).toEqual(['crashed', 'starting', 'ready'])
  const { runs } = await client.call('runs.list', {})
  expect(runs).toMatchObject([{ id: run, state: 'interrupted' }])
})

test('A child that does not answer any more is ended and started again', async () => {
  const host = await aHost(undefined, { supervision: quick })
  await host.client.call('settings.get', {})
  const states = watchStates(host, 'library')
  process.kill(host.host.pid('library')!, 'SIGSTOP')
  await expect.poll(() => states).toEqual(['hung', 'starting', 'ready'])
})

test('A library that is killed is there again, with all it knew', async () => {
  const host = await aHost(undefined, { supervision: quick })
  const dataset = await aDataset(host, ['ants', 'bees'])
  const states = watchStates(host, 'library')
  process.kill(host.host.pid('library')!, 'SIGKILL')
  await expect.poll(() => states).toEqual(['crashed', 'starting', 'ready'])
  expect((await host.client.call('datasets.list', {})).datasets).toMatchObject([{ id: dataset.id }])
})

test('A child that crashes again and again is given up, and can be started by the person', async () => {
  const bad = await put(path.join(await testFolder(), 'bad.ts'), 'process.exit(3)')
  const host = await aHost(undefined, { engine: { ...fakeEngine(), trainer: bad }, supervision: quick })
  const states = watchStates(host, 'trainer')
  await expect.poll(() => states.at(-1)).toBe('failed')
  const again = ['crashed', 'starting']
  expect(states).toEqual([...again, ...again, ...again, 'failed'])
  await expect(host.client.call('train.state', {})).rejects.toMatchObject({ code: 'engine.gone' })
  await host.client.call('engine.restart', { part: 'trainer' })
  await expect.poll(() => states.at(-1)).toBe('failed')
})

test('A child that speaks another version is not spoken to', async () => {
  const old = await put(
    path.join(await testFolder(), 'old.mjs'),
    `process.on('message', ({ id }) => process.send({ type: 'result', id, output: { version: '0.0.1', protocol: 0, pid: 1 } }))`,
  )
  const host = await aHost(undefined, { engine: { ...fakeEngine(), trainer: old }, supervision: quick })
  const states = watchStates(host, 'trainer')
  await expect.poll(() => states.at(-1)).toBe('failed')
  const { lines } = await host.client.call('log.tail', {})
  expect(lines.map(({ message }) => message).join()).toContain('0.0.1')
})

test('Another backend or thread count gives a fresh trainer, once it is idle', async () => {
  const host = await aHost()
  const { client } = host
  await client.call('train.state', {})
  await client.call('settings.get', {})
  const before = host.host.pid('trainer')
  await client.call('settings.set', { theme: 'dark' })
  await client.call('train.state', {})
  expect(host.host.pid('trainer')).toBe(before)
  await client.call('settings.set', { threads: 1 })
  await expect.poll(() => host.host.pid('trainer')).not.toBe(before)
  expect(await client.call('train.state', {})).toMatchObject({ work: null })
})

test('Photos that are being classified are classified to the end before a fresh trainer comes', async () => {
  const { client, host, home } = await aHost()
  const folder = await photosIn(path.join(home, 'photos'), ['ants', 'bees'], 100)
  const { selection, total } = await client.call('selections.make', { paths: [folder] })
  await client.call('train.state', {})
  const before = host.pid('trainer')
  const model = { backbone: 'efficientnet-lite0' }
  const first = Promise.withResolvers<undefined>()
  const answered = Promise.withResolvers<unknown>()
  client.on('job.changed', ({ progress, result }) => {
    if (progress && progress.done > 0) first.resolve(undefined)
    if (result) answered.resolve(result)
  })
  await client.call('jobs.start', { kind: 'classify', selection, model })
  await first.promise
  await client.call('settings.set', { threads: 1 })
  expect(await answered.promise).toMatchObject({ photos: total, failed: 0 })
  await expect.poll(() => host.pid('trainer')).not.toBe(before)
})

test('Ctrl+C, which a terminal sends to all processes in it, ends no child', async () => {
  const { client, host } = await aHost()
  await client.call('train.state', {})
  await client.call('settings.get', {})
  const before = [host.pid('library')!, host.pid('trainer')!]
  for (const pid of before) process.kill(pid, 'SIGINT')
  await client.call('train.state', {})
  await client.call('settings.get', {})
  expect([host.pid('library'), host.pid('trainer')]).toEqual(before)
})

test('A trainer that the system asks to end stops its run in order', async () => {
  const host = await aHost(undefined, { supervision: quick })
  const { client } = host
  const dataset = await aDataset(host, ['ants', 'bees'])
  const states: string[] = []
  client.on('run.state', ({ state }) => states.push(state))
  await client.call('train.start', { dataset: dataset.id, config })
  process.kill(host.host.pid('trainer')!, 'SIGTERM')
  await expect.poll(() => states).toEqual(['running', 'stopped'])
  // One that is asked in the moment in which it ends is gone, and comes again.
  const idle = () => client.call('train.state', {}).catch(() => undefined)
  await expect.poll(idle).toMatchObject({ work: null })
})

test('Both children end when the process that started them is gone', async () => {
  const host = await aHost()
  await host.client.call('train.state', {})
  await host.client.call('settings.get', {})
  const pids = [host.host.pid('library')!, host.host.pid('trainer')!]
  await host.host.close()
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow()
})
