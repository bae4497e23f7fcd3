/** Augmentations in a real browser: chosen, changed, looked at, and trained with. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { openApp, seriousFaults, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

test('A preset is chosen, a slider moved: the views are drawn anew, undone they are the old ones, and the review tells', async () => {
  const { page, go, client, home } = await openApp()
  await client.call('datasets.add', { folder: await someBeesAndAnts(path.join(home, 'photos'), 6) })
  await go('train/preparation')
  const views = page.locator('.eight img')
  const shown = () => views.evaluateAll((all) => all.map((it) => it.getAttribute('src')).join())
  await views.nth(7).waitFor()
  const recipe = await shown()
  await page.getByRole('radio', { name: 'Light' }).click()
  await expect.poll(shown).not.toBe(recipe)
  const light = await shown()
  await page.getByText('Light and colour', { exact: true }).click()
  await page.getByRole('slider', { name: 'Hue' }).fill('0.4')
  await expect.poll(shown).not.toBe(light)
  await page.getByText(/hue/).first().waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(shown).toBe(light)
  await page.getByRole('button', { name: 'Redo' }).click()
  await go('train/review')
  await page.getByText('Random cut, Mirror, Light and colour').waitFor()
})

test('What the network sees of a photo that lies on its side', async () => {
  const { page, go, client, home } = await openApp()
  const folder = path.join(home, 'photos')
  for (const [name, orientation] of [
    ['a/1.jpg', 6],
    ['a/2.jpg', 1],
    ['b/1.jpg', 1],
    ['b/2.jpg', 1],
  ] as const) {
    const colour = { r: 200, g: name.charCodeAt(0), b: name.charCodeAt(2) }
    const image = sharp({ create: { width: 64, height: 48, channels: 3, background: colour } })
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true })
    await writeFile(path.join(folder, name), await image.withMetadata({ orientation }).jpeg().toBuffer())
  }
  const { id } = await client.call('datasets.add', { folder })
  await go(`photos/${id}`)
  await page
    .getByRole('option', { name: /1\.jpg/ })
    .first()
    .click()
  await page.getByText('1. As it lies in the file (EXIF orientation 6)').waitFor()
  await page.getByText('2. Upright · 48 × 64').waitFor()
  for (const step of ['3. Resized', '4. Cropped', '5. Normalised'])
    await page.getByText(step).first().waitFor()
  await page.getByText(/^Pixels at/).waitFor()
  const place = await page.getByText(/^Pixels at/).textContent()
  await page.getByTitle('Choose which pixels are shown as numbers').click({ position: { x: 3, y: 3 } })
  await expect.poll(() => page.getByText(/^Pixels at/).textContent()).not.toBe(place)
  expect(await seriousFaults(page)).toEqual([])
})
