/** The photo room's map, similar photos and findings in a browser: by pointer, and from a flat folder to a trained network by keys alone. */
import { cp, mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { RunConfig } from '../../src/shared/config.ts'
import { photosFolder } from '../support/golden.ts'
import { openApp, seriousFaults, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

test('The map is made on a click, selected on by a lasso, and shown as a grid; similar photos follow one that is shown large', async () => {
  const { home, client, page, go, complaints } = await openApp()
  const { id } = await client.call('datasets.add', {
    folder: await someBeesAndAnts(path.join(home, 'photos'), 8),
  })
  await go(`photos/${id}`)
  await page.getByRole('tab', { name: /^Map/ }).click()
  await page.getByRole('button', { name: 'Make the map' }).click()
  const map = page.getByRole('application', { name: /^Map of 32 photos/ })
  await map.waitFor()
  expect(await seriousFaults(page)).toEqual([])
  const { x, y, width, height } = (await map.boundingBox())!
  await page.mouse.move(x + 3, y + 3)
  await page.mouse.down()
  for (const [right, down] of [
    [width - 6, 0],
    [width - 6, height - 6],
    [0, height - 6],
  ] as const)
    await page.mouse.move(x + 3 + right, y + 3 + down, { steps: 4 })
  await page.mouse.up()
  await page.getByText('32 of 32 selected').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('0 of 32 selected').waitFor()
  await map.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press(' ')
  await page.getByText('1 of 32 selected').waitFor()
  await page.keyboard.press('g')
  await page.locator('[data-place="0"][aria-selected="true"]').waitFor()
  await page.locator('[data-place="0"]').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Similar photos/ }).click()
  await page.getByRole('button', { name: 'Look at the photos' }).click()
  await page
    .getByRole('button', { name: /^Go to / })
    .first()
    .waitFor()
  await page.getByRole('button', { name: /^Select all/ }).click()
  await page.getByText('25 photos selected').waitFor()
  expect(complaints).toEqual([])
})

test('Whose features the map follows is chosen on it, with what that costs, told beside it, and kept with the dataset', async () => {
  const { home, client, page, go, complaints } = await openApp()
  const { id } = await client.call('datasets.add', {
    folder: await someBeesAndAnts(path.join(home, 'photos'), 8),
  })
  const { run } = await client.call('train.start', {
    ...{ dataset: id, config: RunConfig.parse({ epochs: 1, batch: 8 }), name: 'First ants' },
  })
  await expect.poll(async () => (await client.call('runs.get', { run })).summary.state).toBe('finished')
  await go(`photos/${id}?tab=map`)
  const network = page.getByRole('combobox', { name: 'Network' })
  await network.waitFor()
  // What training has kept of the same network counts.
  await page.getByText(/It has \d+ of 32 photos to look at/).waitFor()
  await page.getByRole('button', { name: 'Make the map' }).click()
  await page.getByText('Made by EfficientNet-Lite0.').waitFor()

  await network.selectOption(`run ${run}`)
  await page
    .getByText('This was made by EfficientNet-Lite0, not by the network that is chosen now.')
    .waitFor()
  await page.getByText('Its features of all photos are kept').waitFor()
  await page.getByRole('button', { name: 'Make the map' }).click()
  await page.getByText('Made by First ants.').waitFor()
  await go('runs')
  await go(`photos/${id}?tab=map`)
  await page.getByText('Made by First ants.').waitFor()
  expect((await client.call('datasets.relations', { dataset: id })).map?.model).toEqual({ run })
  expect(await client.call('features.cost', { dataset: id, model: { run } })).toMatchObject({
    photos: 32,
    kept: 32,
  })
  expect(complaints).toEqual([])
})

/** Presses what has this name as a person without a mouse does. */
const enter = async (page: Page, role: 'tab' | 'button', name: RegExp) => {
  await page.getByRole(role, { name }).first().focus()
  await page.keyboard.press('Enter')
}

test('By keyboard alone: a flat folder, two classes with help from the probe, findings worked off, a network trained', async () => {
  const { home, client, page, go, complaints } = await openApp()
  const folder = path.join(home, 'flat')
  await mkdir(folder)
  for (const name of ['ants', 'bees']) {
    const from = path.join(photosFolder, 'train', name)
    for (const file of (await readdir(from))
      .filter((it) => it.endsWith('.jpg'))
      .toSorted()
      .slice(0, 20))
      await cp(path.join(from, file), path.join(folder, `${name}-${file}`))
  }
  await cp(path.join(folder, (await readdir(folder)).toSorted()[0]!), path.join(folder, 'ants-copy.jpg'))
  const { id } = await client.call('datasets.add', { folder })
  await go(`photos/${id}`)
  await enter(page, 'tab', /^Label/)
  for (const [name, first, next] of [
    ['ants', 'Home', 'ArrowRight'],
    ['bees', 'End', 'ArrowLeft'],
  ] as const) {
    await page.locator('[data-place]').first().focus()
    await page.keyboard.press(first)
    for (let i = 0; i < 4; i += 1) await page.keyboard.press(`Shift+${next}`)
    await page.getByText('5 photos selected').waitFor()
    await page.keyboard.press('l')
    await page.getByRole('combobox', { name: 'Type a class' }).waitFor()
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')
    await page.getByText(`5 photos are ${name} now`).first().waitFor()
  }
  const line = page.getByRole('slider', { name: /How sure/ })
  await line.waitFor()
  await line.focus()
  await page.keyboard.press('Home')
  await enter(page, 'button', /^Accept/)
  await page.getByText('Every photo has a label.').waitFor()

  await enter(page, 'tab', /^All photos/)
  await enter(page, 'tab', /^Findings/)
  await enter(page, 'button', /^Check photos/)
  await page.getByRole('article', { name: 'Duplicates' }).waitFor()
  await enter(page, 'button', /^Duplicates/)
  await enter(page, 'button', /^Leave out one copy/)
  await expect.poll(async () => (await client.call('datasets.get', { dataset: id })).summary.leftOut).toBe(1)
  await enter(page, 'button', /^All open findings/)
  while ((await page.getByRole('article').count()) > 0) {
    const before = await page.getByRole('article').count()
    await page.keyboard.press('j')
    await page.keyboard.press('d')
    await expect.poll(() => page.getByRole('article').count()).toBeLessThan(before)
  }
  await page.getByText('Nothing found here').waitFor()

  await enter(page, 'tab', /^All photos/)
  await enter(page, 'button', /^Train on these/)
  await page.waitForURL(/train\/photos/)
  for (let step = 0; step < 6; step += 1) {
    const before = page.url()
    await page.locator('footer .button-primary').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.href !== before)
  }
  await page.waitForURL(/#\/runs\/[^/]+\/live/)
  await page.locator('.notice', { hasText: /\d+ of \d+/ }).waitFor()
  expect(complaints).toEqual([])
})
