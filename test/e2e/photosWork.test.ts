/** The photo room at work: a flat folder becomes two classes with help from the probe, and a network learns them. */
import { cp, mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { photosFolder } from '../support/golden.ts'
import type { OpenApp } from '../support/window.ts'
import { openApp, seriousFaults, withBrowser } from '../support/window.ts'

withBrowser()

const perClass = 25

/** Ants and bees in one folder, told apart by their names alone. */
async function theApp() {
  const app = await openApp()
  const folder = path.join(app.home, 'flat')
  await mkdir(folder)
  for (const name of ['ants', 'bees']) {
    const from = path.join(photosFolder, 'train', name)
    for (const file of (await readdir(from)).toSorted().slice(0, perClass))
      await cp(path.join(from, file), path.join(folder, `${name}-${file}`))
  }
  const { id } = await app.client.call('datasets.add', { folder })
  await app.go(`photos/${id}`)
  return { ...app, id }
}

const countsOf = async ({ client, id }: Pick<OpenApp, 'client'> & { id: string }) =>
  (await client.call('datasets.get', { dataset: id })).summary

test('By mouse: five photos of each class, the probe’s answers accepted, a split drawn, a network trained', async () => {
  const app = await theApp()
  const { page } = app
  await page.getByRole('tab', { name: /^Label/ }).click()
  for (const name of ['ants', 'bees']) {
    const tiles = page.getByRole('option', { name: new RegExp(`^${name}-`) })
    for (let i = 0; i < 5; i += 1) await tiles.nth(i).click(i === 0 ? {} : { modifiers: ['Control'] })
    await page.getByRole('button', { name: 'Relabel' }).click()
    await page.getByRole('combobox', { name: 'Type a class' }).fill(name)
    await page.getByRole('option', { name: `New class “${name}”` }).click()
    await page.getByRole('status').getByText(`5 photos are ${name} now`).waitFor()
  }
  await page.getByRole('slider', { name: /How sure/ }).fill('0.5')
  await page.getByRole('button', { name: /^Accept/ }).click()
  await page.getByText('Every photo has a label.').waitFor()
  const { train, val, classes } = await countsOf(app)
  expect(classes).toEqual(['ants', 'bees'])
  expect([...train, ...val].reduce((a, b) => a + b, 0)).toBe(2 * perClass)
  const { photos } = await app.client.call('datasets.photos', { dataset: app.id, limit: 500 })
  const right = photos.filter((photo) => photo.path.startsWith(classes[photo.class!]!))
  expect(right.length / photos.length).toBeGreaterThan(0.85)
  expect(await seriousFaults(page)).toEqual([])

  await page.getByRole('button', { name: 'Train on these' }).click()
  await page.waitForURL(/train\/photos/)
  for (let step = 0; step < 6; step += 1) {
    const before = page.url()
    await page.locator('footer .button-primary').click()
    await page.waitForURL((url) => url.href !== before)
  }
  await page.waitForURL(/#\/runs\/[^/]+\/live/)
  await page.locator('.notice', { hasText: /\d+ of \d+/ }).waitFor()
  expect(app.complaints).toEqual([])
})

test('By mouse: the bar over the photos leaves two out, and what they have in common stands beside them', async () => {
  const app = await theApp()
  const { page } = app
  await page.locator('[data-place="0"]').click()
  await page.locator('[data-place="1"]').click({ modifiers: ['Control'] })
  const bar = page.getByRole('toolbar', { name: 'Selection' })
  const facts = page.getByRole('complementary', { name: 'The photo' })
  await facts.getByText('Without a label').waitFor()
  const leaveOut = bar.getByRole('button', { name: 'Leave out' })
  // Within what is drawn of the bar: a click alone would scroll it into view.
  const [around, inside] = [await bar.boundingBox(), await leaveOut.boundingBox()]
  expect(inside!.y).toBeGreaterThanOrEqual(around!.y)
  expect(inside!.y + inside!.height).toBeLessThanOrEqual(around!.y + around!.height)
  await leaveOut.click()
  await expect.poll(async () => (await countsOf(app)).leftOut).toBe(2)
  expect(app.complaints).toEqual([])
})

test('By keyboard alone: photos are selected, labelled, left out and taken back, also after the page was loaded anew', async () => {
  const app = await theApp()
  const { page } = app
  await page.locator('[data-place="0"]').focus()
  await page.keyboard.press('ArrowRight')
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Shift+ArrowRight')
  // What was selected is shown beside each other, small, and not over the panel's edge.
  const shown = page.locator('.thumbs img')
  await expect.poll(() => shown.count()).toBeGreaterThan(2)
  const places = await Promise.all((await shown.all()).map((it) => it.boundingBox()))
  places.slice(1).forEach((it, i) => expect(it!.x).toBeGreaterThanOrEqual(places[i]!.x + places[i]!.width))
  await page.keyboard.press('l')
  await page.getByRole('combobox', { name: 'Type a class' }).waitFor()
  await page.keyboard.type('ants')
  await page.keyboard.press('Enter')
  await page
    .locator('.toast', { hasText: /^4 photos are ants now/ })
    .first()
    .waitFor()
  await page.locator('[data-place][aria-selected="true"]').first().focus()
  await page.keyboard.press('x')
  await page
    .locator('.toast', { hasText: /^4 photos left out/ })
    .first()
    .waitFor()
  expect(await countsOf(app)).toMatchObject({ leftOut: 4, unlabelled: 2 * perClass - 4, train: [0] })
  await page.reload()
  await page.locator('[data-place="0"]').focus()
  await page.keyboard.press('Control+z')
  await page
    .locator('.toast', { hasText: /^Undone: 4 photos left out/ })
    .first()
    .waitFor()
  await expect.poll(async () => (await countsOf(app)).leftOut).toBe(0)
  await page.keyboard.press('Control+z')
  await page
    .locator('.toast', { hasText: /^Undone: 4 photos are ants now/ })
    .first()
    .waitFor()
  expect(await countsOf(app)).toMatchObject({ leftOut: 0, unlabelled: 2 * perClass })
  await page.keyboard.press('Control+Shift+z')
  await page
    .locator('.toast', { hasText: /^Done again: 4 photos are ants now/ })
    .first()
    .waitFor()
  expect((await countsOf(app)).unlabelled).toBe(2 * perClass - 4)
})

test('By keyboard alone: far jumps keep the focus in the grid, and the keys behind them count', async () => {
  const { client, page, go, complaints } = await openApp()
  await page.setViewportSize({ width: 1000, height: 900 })
  const { id } = await client.call('datasets.add', { folder: photosFolder })
  await go(`photos/${id}`)
  const focused = page.locator('[data-place]:focus')
  const place = async () => ((await focused.count()) === 1 ? focused.getAttribute('data-place') : null)
  const { total } = (await client.call('datasets.photos', { dataset: id, offset: 0, limit: 1 })) as {
    total: number
  }
  await page.locator('[data-place="0"]').focus()
  // Without a pause, as a person holds keys.
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(place).toBe(String(total - 2))
  await page.keyboard.press('Home')
  for (let pages = 0; pages < 3; pages += 1) await page.keyboard.press('PageDown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(async () => Number(await place())).toBeGreaterThan(20)
  const reached = Number(await place())
  // Scrolled away from with the wheel, it still has the focus, and the next key leads back to it.
  await page.mouse.move(400, 500)
  await page.mouse.wheel(0, 20_000)
  await page.locator(`[data-place="${total - 1}"]`).waitFor()
  expect(Number(await place())).toBe(reached)
  await page.keyboard.press('ArrowRight')
  await expect.poll(place).toBe(String(reached + 1))
  await expect
    .poll(() =>
      page.locator(`[data-place="${reached + 1}"]`).evaluate((tile) => tile.getBoundingClientRect().top),
    )
    .toBeGreaterThan(0)
  expect(complaints).toEqual([])
})
