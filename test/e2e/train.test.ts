/** The wizard, the live room and the run that comes of them: real photos, the real engine, a real browser. */
import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build/build.ts'
import { rendererFolder } from '../../scripts/build/targets.ts'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { checkoutRoot, engineOfCheckout } from '../../src/main/host/engineFiles.ts'
import type { RunEvent, RunEventOf } from '../../src/shared/run.ts'
import { startedServe } from '../support/engine/serve.ts'
import { photosFolder } from '../support/golden.ts'

let browser: Browser
beforeAll(async () => {
  await ensureBuilt({ desktop: false })
  browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
})
afterAll(() => browser.close())

/** Some photos of the recipe, outside the project. */
async function someBeesAndAnts(folder: string, perClass: number): Promise<string> {
  for (const split of ['train', 'val'])
    for (const name of ['ants', 'bees']) {
      const from = path.join(photosFolder, split, name)
      await mkdir(path.join(folder, split, name), { recursive: true })
      for (const file of (await readdir(from)).toSorted().slice(0, perClass))
        await cp(path.join(from, file), path.join(folder, split, name, file))
    }
  return folder
}

async function theApp(perClass = 12) {
  const started = await startedServe({ renderer: rendererFolder, engine: engineOfCheckout(checkoutRoot()) })
  const { client } = await started.open()
  const folder = await someBeesAndAnts(path.join(started.home, 'photos'), perClass)
  await client.call('settings.set', { language: 'en', theme: 'light' })
  const { id } = await client.call('datasets.add', { folder })
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(started.serving.address)
  await page.waitForURL(/#\/photos/)
  const go = (place: string) => page.goto(`${started.origin}/#/${place}`)
  return { ...started, client, page, go, dataset: id }
}

/** Presses the one dark button and waits for the step it leads to. */
async function next(page: Page): Promise<void> {
  const before = page.url()
  await page.locator('footer .button-primary').click()
  await page.waitForURL((url) => url.href !== before)
}

async function eventsOf(folder: string): Promise<RunEvent[]> {
  const text = await readFile(path.join(folder, 'events.jsonl'), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent)
}

function only<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): RunEventOf<T> {
  return events.find((event): event is RunEventOf<T> => event.type === type)!
}

/** Folder of the run whose live room is open. */
async function runOf(page: Page, client: Awaited<ReturnType<typeof theApp>>['client']): Promise<string> {
  await page.waitForURL(/#\/runs\/[^/]+\/live/)
  const run = /#\/runs\/([^/]+)\/live/.exec(page.url())![1]!
  const { runs } = await client.call('runs.list', {})
  return runs.find((it) => it.id === run)!.folder
}

test('A person clicks through the wizard and watches the network learn ants from bees', async () => {
  const { page, go, client } = await theApp(20)
  await go('train/photos')
  await page.getByRole('radio').first().click()
  for (let step = 0; step < 5; step += 1) await next(page)
  await page
    .getByText(/You train 2,562 of 3,373,570 parameters/)
    .first()
    .waitFor()
  await next(page)
  const folder = await runOf(page, client)
  await page.locator('.notice', { hasText: 'of 40' }).waitFor({ timeout: 120_000 })
  const finished = only(await eventsOf(folder), 'finished')
  expect(finished.best.total).toBe(40)
  expect(finished.best.accuracy).toBeGreaterThan(0.8)
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['best.safetensors', 'last.safetensors']))
})

test('A plan made by keyboard alone is the plan that trains', async () => {
  const { page, go, client } = await theApp()
  await go('train/photos')
  await page.getByRole('radio').first().click()
  for (let step = 0; step < 3; step += 1) await next(page)
  const tree = page.getByRole('tree')
  await tree.getByRole('treeitem').first().focus()
  // Down to conv_head, which is frozen with everything but the head, and let it learn at a rate of its own.
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Space')
  await page.keyboard.press('l')
  await page.keyboard.type('2e-4')
  await page.keyboard.press('Enter')
  await page.waitForTimeout(300)
  for (let step = 0; step < 2; step += 1) await next(page)
  await next(page)
  const folder = await runOf(page, client)
  await expect.poll(async () => only(await eventsOf(folder), 'plan'), { timeout: 60_000 }).toBeDefined()
  const { groups } = only(await eventsOf(folder), 'plan')
  expect(groups.map(({ rate, parameters }) => [rate, parameters])).toEqual([
    [2e-4, ['conv_head.weight']],
    [1e-2, ['classifier.weight', 'classifier.bias']],
  ])
})

test('The same in Korean, and nothing serious for axe on the way', async () => {
  const { page, go, client } = await theApp()
  await client.call('settings.set', { language: 'ko', theme: 'dark' })
  await go('train/photos')
  await page.reload()
  await page.getByRole('radio').first().click()
  for (let step = 0; step < 5; step += 1) {
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([])
    await next(page)
  }
  await next(page)
  await runOf(page, client)
  await page.getByText('끝났습니다', { exact: false }).first().waitFor({ timeout: 120_000 })
})
