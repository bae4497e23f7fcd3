/** The loop of correction: a mistake is seen, its label mended, the head learnt again, and the answers that change are shown. */
import path from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { RunConfig } from '../../src/shared/config.ts'
import { openApp, seriousFaults, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

const perClass = 30

async function aTrainedRun() {
  const app = await openApp()
  const photos = await someBeesAndAnts(path.join(app.home, 'photos'), perClass)
  const { id } = await app.client.call('datasets.add', { folder: photos })
  const config = RunConfig.parse({ plan: 'head-only', epochs: 2, augmentation: 'none' })
  const { run } = await app.client.call('train.start', { dataset: id, config, name: 'a run' })
  await expect.poll(async () => (await app.client.call('runs.get', { run })).summary.state).toBe('finished')
  await app.go(`runs/${run}`)
  return { ...app, id, run }
}

const tilesOf = (page: Page) => page.getByRole('list', { name: /ants called ants/ }).getByRole('listitem')
const panelOf = (page: Page) => page.getByRole('complementary', { name: 'Mend and learn again' })

test('A cell is opened, two photos relabelled, the head learnt again, what flipped shown, and all undone', async () => {
  const { page, client, id, run, complaints } = await aTrainedRun()
  const labels = async () =>
    (await client.call('datasets.photos', { dataset: id, limit: 500 })).photos.map((it) => it.class)
  const before = await labels()
  const panel = panelOf(page)

  const cell = page.getByRole('button', { name: /photos: ants called ants/ })
  await cell.waitFor()
  // What only a screen reader meets makes no window higher, so that no focus pushes the frame out of it.
  expect(await page.evaluate<number>('document.documentElement.scrollHeight - innerHeight')).toBe(0)
  await cell.click()
  await tilesOf(page).first().waitFor()
  for (const index of [0, 1]) await tilesOf(page).nth(index).getByRole('button').first().click()
  await page.keyboard.press('2')
  await expect.poll(async () => (await labels()).filter((it, i) => it !== before[i]).length).toBe(2)
  await panel.getByText(/2 photos: ants → bees/).waitFor()
  await page.getByText('label now bees').first().waitFor()

  await panel.getByRole('button', { name: 'Retrain the head' }).click()
  await panel.getByText(/answers? flipped/i).waitFor()
  await panel.getByText('2 validation photos have other labels now').waitFor()
  await panel.getByText(/makes both numbers look better/).waitFor()
  const { runs } = await client.call('runs.list', {})
  expect(runs).toHaveLength(2)
  const solved = runs.find((it) => it.id !== run)!
  expect(solved.best!.total).toBe(2 * perClass)
  expect(await seriousFaults(page)).toEqual([])

  await panel.getByRole('button', { name: 'Undo all' }).click()
  await expect.poll(labels).toEqual(before)
  // Nobody kept the head that was learnt from what is undone.
  await expect.poll(async () => (await client.call('runs.list', {})).runs.length).toBe(1)
  expect(complaints).toEqual([])
})

test('The head learns with every act; what is kept stays beside the first run', async () => {
  const { page, client, complaints } = await aTrainedRun()
  const panel = panelOf(page)
  await page.getByRole('button', { name: /photos: ants called ants/ }).click()
  await tilesOf(page).first().waitFor()
  await panel.getByRole('switch', { name: 'Learn as I correct' }).click()
  await tilesOf(page).first().getByRole('button').first().click()
  await page.keyboard.press('x')
  await panel.getByText(/answers? flipped/i).waitFor()
  await panel.getByRole('button', { name: 'Keep as a run' }).click()
  await tilesOf(page).nth(1).getByRole('button').first().click()
  await page.keyboard.press('x')
  await expect.poll(async () => (await client.call('runs.list', {})).runs.length).toBe(3)
  expect(complaints).toEqual([])
})

test('A photo is looked at large: its answers, Grad-CAM, its epochs and what is like it; then why it is answered so', async () => {
  const { page, complaints } = await aTrainedRun()
  await page.getByRole('button', { name: /photos: ants called ants/ }).click()
  await tilesOf(page).first().waitFor()
  await tilesOf(page).first().getByRole('button', { name: /^Open/ }).click()
  await page.getByText(/right in \d of 2 epochs/).waitFor()
  await page.getByText('Training photos like it').waitFor()
  await page.getByRole('radio', { name: 'Grad-CAM' }).click()
  await page.locator('canvas.heat').waitFor()
  await page.getByRole('button', { name: 'Next photo' }).click()
  await page.getByText(/^2 of \d+$/).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.getByText(/^3 of \d+$/).waitFor()
  expect(await seriousFaults(page)).toEqual([])

  await page.getByRole('link', { name: 'Why?' }).click()
  await page.getByText(/left out in turn/).waitFor()
  expect(await page.getByRole('row').count()).toBe(11)
  await page.getByRole('button', { name: 'Show them' }).click()
  expect(await page.getByRole('row').count()).toBe(21)
  expect(await seriousFaults(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('Certainty is shown, corrected by one temperature that classifying uses, and every figure opens its photos', async () => {
  const { page, client, run, complaints } = await aTrainedRun()
  await page.getByRole('link', { name: 'Certainty' }).click()
  await page
    .getByText(/Calibration error/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Correct it' }).click()
  await page.getByText(/is stored with the run/).waitFor()
  const { evaluation } = await client.call('evaluations.get', { run })
  expect(evaluation!.temperature).toBe(evaluation!.report.scaled.temperature)
  expect(await seriousFaults(page)).toEqual([])
  await page
    .getByRole('button', { name: /^Certainty .* Show the photos/ })
    .last()
    .click()
  await page.getByRole('heading', { name: /photos · certainty/ }).waitFor()
  expect(complaints).toEqual([])
})

test('What next is said: a learning curve, of which class more, and how much is chance', async () => {
  const { page, complaints } = await aTrainedRun()
  await page.getByRole('link', { name: 'What next' }).click()
  await page.getByRole('button', { name: 'Measure' }).first().click()
  await page.getByText('More photos of which class?').waitFor()
  await page.getByRole('button', { name: 'Measure' }).last().click()
  await page.getByText(/folds/).last().waitFor()
  await page.getByText('Every photo of the dataset has a label.').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('A figure that is no canvas is saved as a picture of what it shows, in the theme’s colours', async () => {
  const { page, go, run, home, complaints } = await aTrainedRun()
  await go(`runs/${run}/certainty`)
  await page.getByRole('group', { name: 'Certainty, right against wrong' }).waitFor()
  const waiting = page.waitForEvent('download')
  await page
    .getByRole('group', { name: 'Certainty, right against wrong' })
    .getByRole('button', { name: 'Save as PNG' })
    .click()
  const file = path.join(home, 'histogram.png')
  await (await waiting).saveAs(file)
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const hasColour = (near: readonly number[]) =>
    data.some((_, at) => at % info.channels === 0 && near.every((it, c) => Math.abs(data[at + c]! - it) < 8))
  const colourOf = (name: string) =>
    page.evaluate<number[]>(
      `(() => { const it = document.createElement('i'); it.style.color = 'var(--${name})'; document.body.append(it);
        const found = getComputedStyle(it).color.match(/\\d+/g).slice(0, 3).map(Number); it.remove(); return found })()`,
    )
  expect(hasColour(await colourOf('good'))).toBe(true)
  expect(hasColour(await colourOf('surface'))).toBe(true)
  expect(complaints).toEqual([])
})
