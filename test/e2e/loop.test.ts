/** The loop of correction: a mistake is seen, its label mended, the head learnt again, and the answers that change are shown. */
import path from 'node:path'
import { expect, test } from 'vitest'
import { RunConfig } from '../../src/shared/config.ts'
import { openApp, seriousFaults, someBeesAndAnts, withBrowser } from '../support/window.ts'

withBrowser()

const perClass = 30

async function aTrainedRun() {
  const app = await openApp()
  const photos = await someBeesAndAnts(path.join(app.home, 'photos'), perClass)
  const { id } = await app.client.call('datasets.add', { folder: photos })
  const config = RunConfig.parse({ plan: 'head-only', epochs: 1, augmentation: 'none' })
  const { run } = await app.client.call('train.start', { dataset: id, config, name: 'a run' })
  await expect
    .poll(async () => (await app.client.call('runs.get', { run })).summary.state, { timeout: 120_000 })
    .toBe('finished')
  await app.go(`runs/${run}`)
  return { ...app, id, run }
}

test('A cell is opened, two photos relabelled, the head learnt again, what flipped shown, and all undone', async () => {
  const { page, client, id, complaints } = await aTrainedRun()
  const labels = async () =>
    (await client.call('datasets.photos', { dataset: id, limit: 500 })).photos.map((it) => it.class)
  const before = await labels()

  await page.getByRole('button', { name: /photos: ants taken for ants/ }).click()
  const tiles = page.getByRole('list', { name: /ants taken for ants/ }).getByRole('button')
  await tiles.first().waitFor({ timeout: 120_000 })
  await tiles.nth(0).click()
  await tiles.nth(1).click()
  await page.getByRole('button', { name: 'It is bees' }).click()
  await expect.poll(async () => (await labels()).filter((it, i) => it !== before[i]).length).toBe(2)

  await page.getByRole('button', { name: 'Retrain the head' }).click()
  await page.getByText(/answered otherwise|answered as before/).waitFor({ timeout: 120_000 })
  expect((await client.call('runs.list', {})).runs).toHaveLength(2)
  expect(await seriousFaults(page)).toEqual([])

  await page.getByRole('button', { name: 'Undo the last act' }).click()
  await expect.poll(labels).toEqual(before)
  expect(complaints).toEqual([])
})
