/** The host with the real engine: what is left when its parts are killed in the middle of a training. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
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

/** Buffers of megabytes are not for toEqual, which looks at every byte by itself. */
async function hasSameWeights(one: string, other: string): Promise<boolean> {
  const read = (folder: string) => readFile(path.join(folder, 'last.safetensors'))
  return (await read(one)).equals(await read(other))
}

async function untilBatch(client: TestHost['client'], run: string, batches: number): Promise<void> {
  for (;;) {
    const { events } = await client.call('runs.events', { run })
    if (events.filter(({ type }) => type === 'batch').length >= batches) return
    await sleep(50)
  }
}

async function trained(client: TestHost['client'], dataset: string): Promise<string> {
  const finished = reaches(client, 'finished', 'failed')
  const { run } = await client.call('train.start', { dataset, config })
  expect(await finished).toBe('finished')
  return run
}

test('A training whose process is killed is offered to be resumed, and ends in the same bytes', async () => {
  const { client } = await theHost()
  const { id } = await client.call('sample.draw', {})
  const whole = await trained(client, id)

  const { run } = await client.call('train.start', { dataset: id, config })
  const folder = await folderOf(client, run)
  await untilBatch(client, run, 12)
  const { pid } = JSON.parse(await readFile(path.join(folder, 'lock'), 'utf8')) as { pid: number }
  const interrupted = reaches(client, 'interrupted')
  process.kill(pid, 'SIGKILL')
  await interrupted
  // The library never noticed: photos can be looked at all the while.
  expect((await client.call('datasets.photos', { dataset: id })).total).toBe(100)

  const finished = reaches(client, 'finished', 'failed')
  await client.call('train.resume', { run })
  expect(await finished).toBe('finished')
  expect(await hasSameWeights(folder, await folderOf(client, whole))).toBe(true)
})

test('A training that is stopped and resumed ends in the same bytes as one that was not', async () => {
  const { client } = await theHost()
  const { id } = await client.call('sample.draw', {})
  const whole = await trained(client, id)

  const { run } = await client.call('train.start', { dataset: id, config })
  await untilBatch(client, run, 3)
  await client.call('train.stop', { run })
  const folder = await folderOf(client, run)
  expect((await client.call('runs.get', { run })).summary.state).toBe('stopped')
  const finished = reaches(client, 'finished', 'failed')
  await client.call('train.resume', { run })
  expect(await finished).toBe('finished')
  expect(await hasSameWeights(folder, await folderOf(client, whole))).toBe(true)
})
