/** Thaw talks to nobody, unless someone clicked: every process of it runs under a guard that refuses and writes down. */
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ensureBuilt } from '../../scripts/build/build.ts'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { contract } from '../../src/shared/contract.ts'
import { createClient } from '../../src/shared/rpc.ts'
import { socketWire } from '../../src/shared/wire.ts'
import { objects, startThaw } from '../support/commandLine.ts'
import type { Running } from '../support/commandLine.ts'
import { temporaryFolder } from '../support/folder.ts'
import { patience } from '../support/patience.ts'

const folder = temporaryFolder()
const guard = new URL('../support/network/guard.mjs', import.meta.url).href

let running: Running | undefined
afterAll(async () => {
  running?.child.kill()
  await running?.ended
})

interface Told {
  address: string
  apiToken: string
}

async function served() {
  const record = folder.path('network.txt')
  await writeFile(record, '')
  running = startThaw(['serve', '--port', '0', '--json'], {
    env: {
      NODE_OPTIONS: `--import=${guard}`,
      NETWORK_RECORD: record,
      THAW_HOME: folder.path('home'),
      THAW_CACHE: folder.path('home', 'cache'),
    },
  })
  const [{ address, apiToken }] = objects<Told>({ out: await running.line('address') }) as [Told]
  const { origin } = new URL(address)
  const headers = { authorization: `Bearer ${apiToken}` }
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, { headers })
  await once(socket, 'open')
  const attempts = async () => (await readFile(record, 'utf8')).split('\n').filter(Boolean)
  return { address, origin, client: createClient(contract, socketWire(socket)), attempts }
}

test('From the first start to classified photos no process and no page turns to another machine; a click does, and is listed', async () => {
  await ensureBuilt({ desktop: false })
  const { address, origin, client, attempts } = await served()

  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
  const page = await browser.newPage()
  page.setDefaultTimeout(patience)
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !/^(data|blob):/.test(request.url()))
      foreign.push(request.url())
  })
  await page.goto(address)
  await page.waitForSelector('#app > *')
  const { id } = await client.call('sample.draw', {})
  const finished = new Promise((resolve) => {
    client.on('run.state', (event) => event.state !== 'running' && resolve(event))
  })
  const { run } = await client.call('train.start', { dataset: id, config: RunConfig.parse({}) })
  expect(await finished).toMatchObject({ state: 'finished', why: null })
  const { photos } = await client.call('datasets.photos', { dataset: id, splits: ['val'] })
  const { summary } = await client.call('datasets.get', { dataset: id })
  const photo = path.join(summary.folder, photos[0]!.path)
  const answered = await client.call('classify', { photos: [photo], model: { run } })
  expect(answered.photos).toMatchObject([{ path: photo, error: null }])
  await client.call('doctor', {})
  for (const room of ['start', 'photos', 'train', 'runs', `runs/${run}`, 'classify', 'models', 'settings']) {
    await page.goto(`${origin}/#/${room}`)
    await page.waitForLoadState('networkidle')
  }
  await browser.close()
  expect(foreign).toEqual([])
  expect(await attempts()).toEqual([])
  expect(await client.call('connections.list', {})).toEqual({ connections: [] })

  await expect(client.call('models.download', { network: 'vgg16' })).rejects.toMatchObject({
    code: 'download.failed',
  })
  const { connections } = await client.call('connections.list', {})
  expect(connections).toHaveLength(1)
  expect((await attempts()).join()).toContain(new URL(connections[0]!.url).host)
})
