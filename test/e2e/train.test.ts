/** The wizard, the live room and the run that comes of them: real photos, the real engine, a real browser. */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { RunEvent, RunEventOf } from '../../src/shared/run.ts'
import type { OpenApp } from '../support/window.ts'
import { openApp, seriousFaults, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

async function theApp(perClass = 12) {
  const app = await openApp()
  const folder = await someBeesAndAnts(path.join(app.home, 'photos'), perClass)
  await app.client.call('datasets.add', { folder })
  return app
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
async function runOf(page: Page, client: OpenApp['client']): Promise<string> {
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
  await page.locator('.notice', { hasText: 'of 40' }).waitFor()
  const finished = only(await eventsOf(folder), 'finished')
  expect(finished.best.total).toBe(40)
  expect(finished.best.accuracy).toBeGreaterThan(0.8)
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['best.safetensors', 'last.safetensors']))
})

test('What is chosen by cards and by segments is one stop of Tab, and the arrow keys choose', async () => {
  const { page, go } = await theApp()
  await go('train/photos')
  await page.getByRole('radio').first().click()
  await go('train/layers')
  const chosen = (group: string) =>
    page.getByRole('radiogroup', { name: group }).locator('input:checked').inputValue()
  await page.getByRole('radio', { name: /^Quick/ }).focus()
  await page.keyboard.press('ArrowRight')
  expect(await chosen('Plan')).toBe('recipe')
  await page.keyboard.press('Tab')
  expect(await page.evaluate<boolean>('document.activeElement.type === "radio"')).toBe(false)
  await go('train/preparation')
  await page.getByRole('radio', { name: 'Light', exact: true }).click()
  await page.keyboard.press('ArrowRight')
  expect(await chosen('How strongly photos are varied')).toBe('recipe')
  await page.getByRole('radio', { name: /^As the weights/ }).focus()
  await page.keyboard.press('ArrowDown')
  expect(await chosen('For evaluation and use')).toBe('recipe')
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
  await expect.poll(async () => only(await eventsOf(folder), 'plan')).toBeDefined()
  const { groups } = only(await eventsOf(folder), 'plan')
  expect(groups.map(({ learningRate, parameters }) => [learningRate, parameters])).toEqual([
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
    expect(await seriousFaults(page)).toEqual([])
    await next(page)
  }
  await next(page)
  await runOf(page, client)
  await page.getByText('완료:', { exact: false }).first().waitFor()
})
