/**
 * `npm run screenshots [ROOM…]`: every room in both languages and themes at three widths, into out/screenshots. The real thing:
 * serve mode with the sample set and a run on it, in a data folder that is thrown away. Some rooms are shown twice, the second
 * time after a few clicks: `photo`, `classified`, `train-settings-all` and `run-missing`.
 */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
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

/** A place, and what is done there before the picture; not by names, which are in another language every other time. */
type Room = readonly [place: string, act?: (page: Page) => Promise<void>]

async function pickFolder(page: Page, folder: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(folder)
  await dialog.locator('form [type="submit"]').click()
  await page.waitForTimeout(300)
  await dialog.locator('.dialog-foot .button-primary').click()
}

async function classify(page: Page, folder: string): Promise<void> {
  await page.locator('.choices .button').last().click()
  await pickFolder(page, folder)
  await page.locator('.notice-good').waitFor({ timeout: 60_000 })
}

/** Trains on the sample and waits for its end. */
async function prepare(): Promise<Record<string, Room>> {
  const { id, folder } = await client.call('sample.draw', {})
  const finished = new Promise<void>((resolve) => {
    client.on('run.state', ({ state }) => {
      if (state === 'finished' || state === 'failed') resolve()
    })
  })
  const { run } = await client.call('train.start', { dataset: id, config: RunConfig.parse({ epochs: 3 }) })
  await finished
  return {
    photos: [`photos/${id}`],
    photo: [`photos/${id}`, (page) => page.locator('.photo').nth(3).click()],
    ...Object.fromEntries(
      ['photos', 'preparation', 'network', 'layers', 'settings', 'review'].map((step) => [
        `train-${step}`,
        [`train/${step}`] as const,
      ]),
    ),
    'train-settings-all': ['train/settings', (page) => page.locator('summary').first().click()],
    live: [`runs/${run}/live`],
    runs: ['runs'],
    run: [`runs/${run}`],
    'run-missing': ['runs/none'],
    classify: [`classify?run=${run}`],
    classified: [`classify?run=${run}`, (page) => classify(page, path.join(folder, 'val'))],
    models: ['models'],
    settings: ['settings'],
  }
}

try {
  await mkdir(out, { recursive: true })
  const wanted = process.argv.slice(2)
  const rooms: Record<string, Room> = { start: ['start'], ...(await prepare()) }
  for (const language of ['en', 'ko'] as const)
    for (const theme of ['light', 'dark'] as const) {
      await client.call('settings.set', { language, theme })
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(serving.freshAddress())
      await page.waitForURL(/#\/photos/)
      for (const [room, [place, act]] of Object.entries(rooms)) {
        if (wanted.length > 0 && !wanted.includes(room)) continue
        await page.goto(`${origin}/#/${place}`)
        await act?.(page)
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
