/** Work that outlives its window: real photos, the real engine, a real browser, and a line that is cut. */
import path from 'node:path'
import type { Page } from 'playwright-core'
import { WebSocket } from 'ws'
import { expect, onTestFinished, test } from 'vitest'
import type { Job } from '../../src/shared/api/jobs.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { contract } from '../../src/shared/contract.ts'
import { createClient } from '../../src/shared/rpc.ts'
import { socketWire } from '../../src/shared/wire.ts'
import { testFolder } from '../support/engine/host.ts'
import { photosFolder } from '../support/golden.ts'
import { cuttableLine } from '../support/network/cuttable.ts'
import { slowWeights } from '../support/network/slowWeights.ts'
import type { OpenApp } from '../support/window.ts'
import { openApp, pickPath, seriousFaults, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

const mebibyte = 2 ** 20

/** The environment of a server on this data folder. */
const envOf = (home: string, more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  THAW_HOME: home,
  THAW_CACHE: path.join(home, 'cache'),
  ...more,
})

const jobOf = ({ client }: OpenApp, job: string) => client.call('jobs.get', { job })
async function ended(app: OpenApp, job: string): Promise<Job> {
  await expect.poll(async () => (await jobOf(app, job)).state).not.toMatch(/waiting|running/)
  return jobOf(app, job)
}
const openPanel = async (page: Page) => {
  await page.waitForSelector('[data-test="jobs"]')
  await page.keyboard.press('Control+j')
  const panel = page.getByRole('region', { name: 'Jobs' })
  await panel.waitFor()
  return panel
}

test('A socket that is cut in the middle and a page that is reloaded cost a scan, a download, a classification and a training nothing', async () => {
  const weights = await slowWeights(24 * mebibyte)
  onTestFinished(weights.close)
  const home = path.join(await testFolder(), 'home')
  const app = await openApp({ env: envOf(home, weights.env) })
  const { client, page, serving, cookie } = app
  const few = await someBeesAndAnts(path.join(app.home, 'few'), 20)
  const { id: dataset } = await client.call('datasets.add', { folder: few })
  const { selection, total } = await client.call('selections.make', {
    paths: [path.join(photosFolder, 'val')],
  })

  // A page that starts all four over a line of its own, and the browser's page over the same.
  const line = await cuttableLine(serving.port)
  onTestFinished(line.close)
  const origin = `http://127.0.0.1:${line.port}`
  await page.goto(serving.freshAddress().replace(`:${serving.port}`, `:${line.port}`))
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, { headers: { cookie, origin } })
  await new Promise((resolve) => socket.once('open', resolve))
  const starter = createClient(contract, socketWire(socket))
  const start = async (input: Parameters<typeof starter.call<'jobs.start'>>[1]) =>
    (await starter.call('jobs.start', input)).job
  const download = await start({ kind: 'download', network: 'vgg16' })
  const training = await start({
    kind: 'train',
    dataset,
    config: RunConfig.parse({ epochs: 3, batch: 8, augmentation: 'recipe' }),
    name: 'Cut',
  })
  const classification = await start({
    kind: 'classify',
    selection,
    model: { backbone: 'efficientnet-lite0' },
    subject: 'val',
  })
  const scan = await start({ kind: 'scan', folder: photosFolder })

  const all = [download, training, classification, scan]
  const states = async () => Promise.all(all.map(async (job) => (await jobOf(app, job)).state))
  await expect.poll(states).toEqual(['running', 'running', 'running', 'running'])
  line.cut()
  await page.reload()
  const panel = await openPanel(page)
  await panel.getByText('Download VGG16 weights').waitFor()
  line.cut()

  expect(await ended(app, scan)).toMatchObject({ state: 'done', subject: 'hymenoptera', error: null })
  expect(await ended(app, download)).toMatchObject({ state: 'done', result: { bytes: 24 * mebibyte } })
  expect(await ended(app, classification)).toMatchObject({
    state: 'done',
    result: { photos: total, failed: 0 },
  })
  const trained = await ended(app, training)
  expect(trained).toMatchObject({ state: 'done', error: null })
  const { run } = trained.result as { run: string }
  expect(await client.call('runs.list', {})).toMatchObject({ damaged: [], runs: [{ id: run, name: 'Cut' }] })
  const { events } = await client.call('runs.events', { run, limit: 5000 })
  expect(events.filter(({ type }) => type === 'started')).toHaveLength(1)
  expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(4)
  expect(events.at(-1)?.type).toBe('finished')
  const { answers } = await client.call('classify.answers', { classification, limit: 2000 })
  expect(answers.map(({ index }) => index)).toEqual(Array.from({ length: total }, (_, i) => i))
  // The page that was reloaded and cut off once more knows it all.
  for (const name of ['Scan hymenoptera', 'Download VGG16 weights', 'Classify val', 'Train Cut'])
    await panel.locator('.job.ended', { hasText: name }).waitFor()
})

test('When the server is gone the page says so; when it is started again it asks for the new address, and work goes on', async () => {
  const first = await openApp()
  const { page, client, home, serving } = first
  const { selection } = await client.call('selections.make', { paths: [photosFolder] })
  const { job } = await client.call('jobs.start', {
    kind: 'classify',
    selection,
    model: { backbone: 'efficientnet-lite0' },
  })
  await expect.poll(async () => (await jobOf(first, job)).progress?.done ?? 0).toBeGreaterThan(5)
  const panel = await openPanel(page)
  await serving.close()
  await page.getByText('The connection to Thaw is lost').waitFor()
  await panel.locator('.progress.hatched').first().waitFor()

  const second = await openApp({ port: serving.port, env: envOf(home) })
  await page.getByText('Thaw was started again').waitFor()
  await page.getByRole('textbox', { name: 'New address' }).fill('nonsense')
  await page.getByRole('button', { name: 'Open' }).first().click()
  await page.getByText('This is no address.').waitFor()
  await page.getByRole('textbox', { name: 'New address' }).fill(second.serving.freshAddress())
  await page.getByRole('button', { name: 'Open' }).first().click()
  await page.getByText('Thaw was started again').waitFor({ state: 'detached' })
  expect(await ended(second, job)).toMatchObject({ state: 'done', result: { photos: 397, failed: 0 } })
})

test('A scan that was begun in a room is found again after a reload, and its photos are there in the end', async () => {
  const app = await openApp()
  const { page, go } = app
  await go('start')
  await page
    .getByRole('button', { name: /Choose a folder|Add a folder|folder/i })
    .first()
    .click()
  await pickPath(page, photosFolder, /Choose this folder/)
  await expect.poll(async () => (await app.client.call('jobs.list', {})).jobs.length).toBe(1)
  await page.reload()
  const panel = await openPanel(page)
  await panel.locator('.job', { hasText: 'Scan hymenoptera' }).waitFor()
  const { jobs } = await app.client.call('jobs.list', {})
  expect(await ended(app, jobs[0]!.id)).toMatchObject({ state: 'done' })
  await go('photos')
  await page.getByText('hymenoptera').first().waitFor()
})

test('The queue is worked by keyboard alone, and a screen reader finds nothing wrong', async () => {
  const app = await openApp()
  const { page, client } = app
  const folder = await someBeesAndAnts(path.join(app.home, 'few'), 12)
  const { id: dataset } = await client.call('datasets.add', { folder })
  const config = RunConfig.parse({ epochs: 40, batch: 4, augmentation: 'recipe', checkpointMinutes: 60 })
  const start = async (name: string) =>
    (await client.call('jobs.start', { kind: 'train', dataset, config, name })).job
  const [one, two, three] = [await start('one'), await start('two'), await start('three')]
  const panel = await openPanel(page)
  await panel.locator('.job', { hasText: 'Train three' }).waitFor()
  expect(await page.locator('.rail-count').textContent()).toBe('1')
  expect(await seriousFaults(page)).toEqual([])
  // Down to the last line, before the one in front of it, and the first of those that wait out of the queue.
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Alt+ArrowUp')
  const places = async () => Promise.all([two, three].map(async (job) => (await jobOf(app, job)).place))
  await expect.poll(places).toEqual([2, 1])
  await expect.poll(() => panel.locator('.job').nth(1).textContent()).toContain('Train three')
  await page.keyboard.press('Delete')
  await expect.poll(async () => (await jobOf(app, three)).state).toBe('cancelled')
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  expect(await page.evaluate('document.activeElement?.dataset?.test')).toBe('jobs')
  for (const job of [two, one]) await client.call('jobs.cancel', { job })
})
