/** The host with the real engine: what is left when its parts are killed in the middle of a training. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Part } from '../../src/main/host/child.ts'
import { checkoutRoot, engineOfCheckout } from '../../src/main/host/engineFiles.ts'
import { RunConfig } from '../../src/shared/config.ts'
import type { RunState } from '../../src/shared/run.ts'
import { aHost } from '../support/engine/host.ts'
import type { TestHost } from '../support/engine/host.ts'

// Small batches and a learning backbone: the run takes long enough to be killed, and BatchNorm has statistics to lose.
const config = RunConfig.parse({
  epochs: 2,
  batch: 6,
  plan: 'recipe',
  movingAverage: 0.9,
  checkpointMinutes: 0.02,
})

const theHost = () => aHost(undefined, { engine: engineOfCheckout(checkoutRoot()) })

/** Resolves with the first of these states that the run comes into. */
function reaches(client: TestHost['client'], ...wanted: RunState[]): Promise<RunState> {
  return new Promise((resolve) => {
    const off = client.on('run.state', ({ state }) => {
      if (!wanted.includes(state)) return
      off()
      resolve(state)
    })
  })
}

async function folderOf(client: TestHost['client'], run: string): Promise<string> {
  const { summary } = await client.call('runs.get', { run })
  return summary.folder
}

const weightsOf = (folder: string) => readFile(path.join(folder, 'last.safetensors'))

async function untilBatch(client: TestHost['client'], run: string, batches: number): Promise<void> {
  for (;;) {
    const { events } = await client.call('runs.events', { run })
    if (events.filter(({ type }) => type === 'batch').length >= batches) return
    await sleep(50)
  }
}

let undisturbed: Promise<Buffer> | undefined

/** The weights of a run that nothing disturbed, the same for all tests: the sample is always the same photos. */
async function trained(client: TestHost['client'], dataset: string): Promise<Buffer> {
  const finished = reaches(client, 'finished', 'failed')
  const { run } = await client.call('train.start', { dataset, config })
  expect(await finished).toBe('finished')
  return weightsOf(await folderOf(client, run))
}

/** Buffers of megabytes are not for toEqual, which looks at every byte by itself. */
async function isAsIfUndisturbed(client: TestHost['client'], dataset: string, run: string): Promise<boolean> {
  undisturbed ??= trained(client, dataset)
  return (await undisturbed).equals(await weightsOf(await folderOf(client, run)))
}

/** What a person is told of the parts, in its order. */
function partStates(client: TestHost['client']): string[] {
  const told: string[] = []
  client.on('engine.state', ({ part, state }) => told.push(`${part} ${state}`))
  return told
}

/** What killing a part shows of it. */
const back = (part: Part) => ['crashed', 'starting', 'ready'].map((state) => `${part} ${state}`)

test.each<[Part[]]>([[['trainer']], [['library', 'trainer']]])(
  'A training is offered to be resumed after kill -9 of %j, and ends in the same bytes',
  async (parts) => {
    const { client, host } = await theHost()
    const { id } = await client.call('sample.draw', {})
    const { run } = await client.call('train.start', { dataset: id, config })
    await untilBatch(client, run, 12)
    const told = partStates(client)
    const interrupted = reaches(client, 'interrupted')
    for (const part of parts) process.kill(host.pid(part)!, 'SIGKILL')
    await interrupted
    for (const part of parts) await expect.poll(() => told).toContain(`${part} ready`)
    expect((await client.call('datasets.photos', { dataset: id })).total).toBe(100)
    const { runs } = await client.call('runs.list', {})
    expect(runs.find((one) => one.id === run)).toMatchObject({ state: 'interrupted' })

    const finished = reaches(client, 'finished', 'failed')
    await client.call('train.resume', { run })
    expect(await finished).toBe('finished')
    for (const part of parts) expect(told.filter((one) => one.startsWith(part))).toEqual(back(part))
    expect(await isAsIfUndisturbed(client, id, run)).toBe(true)
  },
)

test('A training goes on as if nothing had happened while the library is killed and comes back', async () => {
  const { client, host } = await theHost()
  const { id } = await client.call('sample.draw', {})
  const finished = reaches(client, 'finished', 'failed', 'interrupted')
  const { run } = await client.call('train.start', { dataset: id, config })
  await untilBatch(client, run, 12)
  const told = partStates(client)
  process.kill(host.pid('library')!, 'SIGKILL')
  await expect.poll(() => told).toContain('library ready')
  expect((await client.call('datasets.photos', { dataset: id })).total).toBe(100)
  expect(await finished).toBe('finished')
  expect(told).toEqual(back('library'))
  expect((await client.call('runs.get', { run })).summary.state).toBe('finished')
  expect(await isAsIfUndisturbed(client, id, run)).toBe(true)
})

test('A training that is stopped and resumed ends in the same bytes as one that was not', async () => {
  const { client } = await theHost()
  const { id } = await client.call('sample.draw', {})
  const { run } = await client.call('train.start', { dataset: id, config })
  await untilBatch(client, run, 3)
  await client.call('train.stop', { run })
  expect((await client.call('runs.get', { run })).summary.state).toBe('stopped')
  const finished = reaches(client, 'finished', 'failed')
  await client.call('train.resume', { run })
  expect(await finished).toBe('finished')
  expect(await isAsIfUndisturbed(client, id, run)).toBe(true)
})
