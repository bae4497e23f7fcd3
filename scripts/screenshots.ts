/**
 * `npm run screenshots [-- --photos FOLDER] [ROOM…]`: every room in both languages and themes from a phone's width to a wide
 * screen's, into out/screenshots. The real thing: serve mode with the sample set, or with a folder of classes, and a run on it, in
 * a data folder that is thrown away. Some rooms are shown twice, the second time after a few clicks: `photo`,
 * `train-settings-all`, `run-missing`, `jobs`, `palette`. A room that is wider than its window is named.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { startServe } from '../src/main/serve.ts'
import { enterServing } from './serving.ts'
import { ReviewSettings } from '../src/shared/api/classify.ts'
import { RunConfig } from '../src/shared/config.ts'
import { ensureBuilt } from './build/build.ts'
import { ensureBrowser } from './setup/browser.ts'
import { ensureSetup } from './setup/ensure.ts'

const out = fileURLToPath(new URL('../out/screenshots', import.meta.url))
const widths = [1920, 1440, 1024, 800, 360]
const height = 900

const { values, positionals: wanted } = parseArgs({
  options: { photos: { type: 'string' } },
  allowPositionals: true,
})

await ensureSetup()
await ensureBuilt({ desktop: false })
const home = await mkdtemp(path.join(os.tmpdir(), 'thaw-screenshots-'))
const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
const serving = await startServe({ port: 0, env })
const { origin, connect } = await enterServing(serving)
const { client, close } = await connect()
const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })

/** A place, and what is done there before the picture; not by names, which are in another language every other time. */
type Room = readonly [place: string, act?: (page: Page) => Promise<void>]

/** The dataset that all rooms are about: the person's folder, or the sample. */
async function theDataset(): Promise<{ id: string; folder: string }> {
  if (values.photos === undefined) return client.call('sample.draw', {})
  const folder = path.resolve(values.photos)
  return { ...(await client.call('datasets.add', { folder })), folder }
}

/** Waits for a job's end. */
async function ended(job: string): Promise<void> {
  for (;;) {
    const { state } = await client.call('jobs.get', { job })
    if (state !== 'waiting' && state !== 'running') return
    await pause(200)
  }
}

/** A kept classification of a folder, so unsure that its tray is not empty. */
async function classifiedFolder(run: string, folder: string): Promise<string> {
  const { selection } = await client.call('selections.make', { paths: [folder] })
  const { job } = await client.call('jobs.start', { kind: 'classify', selection, model: { run } })
  await ended(job)
  const settings = ReviewSettings.parse({ promise: 0.995, keep: null })
  await client.call('classify.review', { classification: job, settings })
  return job
}

/** Trains on the dataset, classifies its validation part, and waits for both. */
async function prepare(): Promise<Record<string, Room>> {
  const { id, folder } = await theDataset()
  const finished = new Promise<void>((resolve) => {
    client.on('run.state', ({ state }) => {
      if (state === 'finished' || state === 'failed') resolve()
    })
  })
  const { run } = await client.call('train.start', { dataset: id, config: RunConfig.parse({ epochs: 3 }) })
  await finished
  const { job } = await client.call('jobs.start', { kind: 'check', dataset: id })
  await ended(job)
  const classification = await classifiedFolder(run, path.join(folder, 'val'))
  return {
    photos: [`photos/${id}`],
    photo: [`photos/${id}`, (page) => page.locator('[data-place]').nth(3).dblclick()],
    label: [`photos/${id}?tab=label`],
    map: [`photos/${id}?tab=map`],
    findings: [`photos/${id}/findings`],
    jobs: [`photos/${id}`, (page) => page.keyboard.press('Control+j')],
    palette: [`photos/${id}`, (page) => page.keyboard.press('Control+k')],
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
    answers: [`classify/${classification}`],
    tray: [`classify/${classification}/tray`],
    file: [`classify/${classification}/file`],
    models: ['models'],
    settings: ['settings'],
  }
}

try {
  await mkdir(out, { recursive: true })
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
        await page.keyboard.press('Escape')
        await act?.(page)
        for (const width of widths) {
          await page.setViewportSize({ width, height })
          await page.waitForTimeout(600)
          const inside = await page.evaluate<number>('document.documentElement.scrollWidth')
          if (inside > width) console.log(`${room} (${language}) is ${inside} wide in a window of ${width}`)
          await page.screenshot({ path: path.join(out, `${room}-${language}-${theme}-${width}.png`) })
        }
      }
      await context.close()
    }
  console.log(`Screenshots are in ${out}.`)
} finally {
  await browser.close()
  close()
  await serving.close()
  await rm(home, { recursive: true, force: true })
}
process.exit()
