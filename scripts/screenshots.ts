/**
 * `npm run screenshots [ROOM…]`: every room in both languages and themes at three widths, into out/screenshots. The real thing:
 * serve mode with the sample set and a run on it, in a data folder that is thrown away.
 */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { WebSocket } from 'ws'
import { startServe } from '../src/main/serve.ts'
import { contract } from '../src/shared/contract.ts'
import { createClient } from '../src/shared/rpc.ts'
import { RunConfig } from '../src/shared/config.ts'
import { socketWire } from '../src/shared/wire.ts'
import { ensureBuilt } from './build/build.ts'
import { ensureBrowser } from './setup/browser.ts'
import { ensureSetup } from './setup/ensure.ts'

const out = fileURLToPath(new URL('../out/screenshots', import.meta.url))
const widths = [1440, 1024, 800]
const height = 900

await ensureSetup()
await ensureBuilt({ desktop: false })
const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-screenshots-'))
const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
const serving = await startServe({ port: 0, env })
const origin = `http://127.0.0.1:${serving.port}`
const entered = await fetch(serving.address, { redirect: 'manual' })
const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
const socket = new WebSocket(`ws://127.0.0.1:${serving.port}/rpc`, { headers: { cookie, origin } })
await once(socket, 'open')
const client = createClient(contract, socketWire(socket))
const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })

/** Trains on the sample and waits for its end. */
async function prepare(): Promise<Record<string, string>> {
  const { id } = await client.call('sample.draw', {})
  const finished = new Promise<void>((resolve) => {
    client.on('run.state', ({ state }) => {
      if (state === 'finished' || state === 'failed') resolve()
    })
  })
  const { run } = await client.call('train.start', { dataset: id, config: RunConfig.parse({ epochs: 3 }) })
  await finished
  const rooms = {
    photos: `photos/${id}`,
    ...Object.fromEntries(
      ['photos', 'preparation', 'network', 'layers', 'settings', 'review'].map((step) => [
        `train-${step}`,
        `train/${step}`,
      ]),
    ),
    live: `runs/${run}/live`,
    runs: 'runs',
    run: `runs/${run}`,
    classify: `classify?run=${run}`,
    models: 'models',
    settings: 'settings',
  }
  return rooms
}

try {
  await mkdir(out, { recursive: true })
  const wanted = process.argv.slice(2)
  const rooms = { start: 'start', ...(await prepare()) }
  for (const language of ['en', 'ko'] as const)
    for (const theme of ['light', 'dark'] as const) {
      await client.call('settings.set', { language, theme })
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(serving.address)
      await page.waitForURL(/#\/photos/)
      for (const [room, place] of Object.entries(rooms)) {
        if (wanted.length > 0 && !wanted.includes(room)) continue
        await page.goto(`${origin}/#/${place}`)
        for (const width of widths) {
          await page.setViewportSize({ width, height })
          await page.waitForTimeout(600)
          await page.screenshot({ path: path.join(out, `${room}-${language}-${theme}-${width}.png`) })
        }
      }
      await context.close()
    }
  console.log(`Screenshots are in ${out}.`)
} finally {
  await browser.close()
  socket.close()
  await serving.close()
  await rm(home, { recursive: true, force: true })
}
process.exit()
