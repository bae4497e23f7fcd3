/** What a person reads where a part of Thaw is gone or cannot start: the page stays, and says so. */
import { rename } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build/build.ts'
import { rendererFolder } from '../../scripts/build/targets.ts'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { dataPaths } from '../../src/main/engine/store/paths.ts'
import type { ServeOptions } from '../../src/main/serve.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { photosIn, testFolder } from '../support/engine/host.ts'
import { startedServe } from '../support/engine/serve.ts'
import { patience } from '../support/patience.ts'

let browser: Browser
beforeAll(async () => {
  await ensureBuilt({ desktop: false })
  browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
})
afterAll(() => browser.close())

/** The app on this data folder, its page at a room; parts that end come back after three seconds. */
async function theApp(home: string, room = '') {
  const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
  const options: ServeOptions = { renderer: rendererFolder, env, supervision: { backOff: [3000, 3000] } }
  const started = await startedServe(options)
  const { client } = await started.open()
  const context = await browser.newContext({ locale: 'en-GB' })
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  await page.goto(started.serving.address)
  const go = (place: string) => page.goto(`${started.origin}/#/${place}`)
  if (room) await go(room)
  return { ...started, client, page, go, host: started.serving.host }
}

const reads = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
const readsNoMore = (page: Page, text: string) => page.getByText(text).first().waitFor({ state: 'detached' })

test('When both parts are killed the page stays, says what happened, and the run can be resumed', async () => {
  const { client, page, go, host } = await theApp(path.join(await testFolder(), 'home'))
  const folder = await photosIn(await testFolder(), ['ants', 'bees'])
  const { id } = await client.call('datasets.add', { folder })
  const { run } = await client.call('train.start', {
    dataset: id,
    config: RunConfig.parse({ epochs: 10_000 }),
  })
  await client.call('train.pause', { run })
  await go(`runs/${run}/live`)
  await page.getByRole('button', { name: 'Go on' }).first().waitFor()
  for (const part of ['library', 'trainer'] as const) process.kill(host.pid(part)!, 'SIGKILL')
  await reads(page, 'The library stopped unexpectedly')
  await reads(page, 'The trainer stopped unexpectedly')
  await reads(page, 'A training run can be resumed from its last checkpoint.')
  await readsNoMore(page, 'The library stopped unexpectedly')
  await readsNoMore(page, 'The trainer stopped unexpectedly')
  await reads(page, 'Interrupted')
  await page.getByRole('button', { name: 'Resume' }).first().waitFor()
})

test('A catalogue of a newer version is named at the top of every room, with a way to try again', async () => {
  const home = path.join(await testFolder(), 'home')
  const first = await theApp(home)
  await first.client.call('settings.get', {})
  await first.serving.close()
  const file = dataPaths({ home, cache: home }).catalogue
  const newer = new DatabaseSync(file)
  const { user_version: known } = newer.prepare('PRAGMA user_version').get()!
  newer.exec('PRAGMA user_version = 99')
  newer.close()

  const { page, go } = await theApp(home)
  for (const room of ['photos', 'runs', 'settings']) {
    await go(room)
    await reads(page, 'The catalogue was written by a newer Thaw')
  }
  const older = new DatabaseSync(file)
  older.exec(`PRAGMA user_version = ${Number(known)}`)
  older.close()
  await page.getByRole('button', { name: 'Start it again' }).click()
  await readsNoMore(page, 'The library could not be started')
})

test('A dataset’s folder that is gone at the next start is said to be gone where its photos were', async () => {
  const home = path.join(await testFolder(), 'home')
  const folder = await photosIn(path.join(await testFolder(), 'photos'), ['ants', 'bees'])
  const first = await theApp(home)
  const { id } = await first.client.call('datasets.add', { folder })
  await first.serving.close()
  await rename(folder, `${folder}-moved`)
  const { page } = await theApp(home, `photos/${id}`)
  await reads(page, 'The folder is not there now')
})

test('A room whose files were renewed under the open page is said not to come, and comes once the page is loaded anew', async () => {
  const { page, go } = await theApp(path.join(await testFolder(), 'home'), 'settings')
  const isRoom = /\/assets\/RunsRoom-[^/]+\.js$/
  let loads = 0
  page.on('load', () => (loads += 1))
  await page.route(isRoom, (route) => route.fulfill({ status: 404 }))
  await go('runs')
  await reads(page, 'This room’s files did not come')
  // Loaded anew while they are still missing, it says the same and waits.
  await page.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => loads).toBe(1)
  await reads(page, 'This room’s files did not come')
  await page.unroute(isRoom)
  await page.getByRole('button', { name: 'Reload' }).click()
  await page.getByRole('heading', { name: 'Runs' }).first().waitFor()
  expect(loads).toBe(2)
  await readsNoMore(page, 'This room’s files did not come')
})
