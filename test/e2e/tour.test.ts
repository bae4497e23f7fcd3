/** A first-time user: from the empty app to a classified photo, and a look into every room on the way. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { drop, openApp, seriousFaults, withBrowser } from '../support/window.ts'

withBrowser()

test('From the empty app to a classified photo in at most twelve clicks', async () => {
  const { page, client, complaints, go } = await openApp()
  let clicks = 0
  const click = async (name: string | RegExp, role: 'button' | 'link' = 'button') => {
    clicks += 1
    await page.getByRole(role, { name }).first().click()
  }

  await page.waitForURL(/#\/start/)
  await click('Try with the sample')
  await page.waitForURL(/#\/photos\//)
  await page.locator('.photo img').first().waitFor()
  await click('Train on these')
  await page.waitForURL(/train\/photos/)
  for (const step of ['preparation', 'network', 'layers', 'settings', 'review']) {
    clicks += 1
    await page.locator('footer .button-primary').click()
    await page.waitForURL(new RegExp(`train/${step}`))
  }
  await click(/Start training/)
  await page.waitForURL(/\/live/)
  await page.getByRole('link', { name: 'Classify photos' }).waitFor()
  await click('Classify photos', 'link')
  await page.waitForURL(/classify/)

  const { datasets } = await client.call('datasets.list', {})
  const photo = path.join(datasets[0]!.folder, 'val', 'striped', 'striped-031.jpg')
  await drop(page, [{ name: '줄무늬 사진.jpg', bytes: await readFile(photo) }])
  const answer = page.locator('.result .answer-row').first()
  await answer.waitFor()
  expect(await answer.textContent()).toContain('striped')
  expect(clicks).toBeLessThanOrEqual(12)
  expect(complaints).toEqual([])

  const run = (await client.call('runs.list', {})).runs[0]!.id
  for (const [room, found] of [
    ['start', '.drop'],
    [`photos/${datasets[0]!.id}`, '.photo img'],
    ['train/photos', '.preset'],
    ['train/preparation', '.film img'],
    ['train/network', '.preset'],
    ['train/layers', '[role="treeitem"]'],
    ['train/settings', 'details'],
    ['train/review', '.numbers'],
    [`runs/${run}/live`, '.notice'],
    ['runs', 'table a'],
    [`runs/${run}`, '[aria-label="Confusion matrix"]'],
    ['classify', '.kept'],
    ['models', '.card'],
    ['settings', '.card'],
  ] as const) {
    await go(room)
    await page.locator(found).first().waitFor()
    for (const theme of ['light', 'dark'] as const) {
      await client.call('settings.set', { theme })
      await page.locator(`html[data-theme="${theme}"]`).waitFor({ state: 'attached' })
      expect(await seriousFaults(page), `${room} ${theme}`).toEqual([])
    }
  }
  expect(complaints).toEqual([])

  await go('runs')
  await page.locator('table a').first().click()
  await page.getByRole('heading', { name: 'Confusion matrix' }).waitFor()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: /safetensors/ }).click()
  expect((await saved).suggestedFilename()).toMatch(/\.safetensors$/)
})
