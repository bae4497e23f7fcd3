/** A first-time user: from the empty app to a classified photo, and a look into every room on the way. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build/build.ts'
import { rendererFolder } from '../../scripts/build/targets.ts'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { checkoutRoot, engineOfCheckout } from '../../src/main/host/engineFiles.ts'
import { startedServe } from '../support/engine/serve.ts'

let browser: Browser
beforeAll(async () => {
  await ensureBuilt({ desktop: false })
  browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
})
afterAll(() => browser.close())

async function theApp() {
  const started = await startedServe({ renderer: rendererFolder, engine: engineOfCheckout(checkoutRoot()) })
  const { client } = await started.open()
  await client.call('settings.set', { language: 'en', theme: 'light' })
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(started.serving.address)
  return { ...started, client, page, complaints }
}

/** Drops a file onto the room, as the window would get it from outside. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  // As text: the page's own globals are not those of this process.
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer()
    const values = Uint8Array.from(atob('${bytes.toString('base64')}'), (c) => c.charCodeAt(0))
    transfer.items.add(new File([values], ${JSON.stringify(name)}, { type: 'image/jpeg' }))
    return transfer
  })()`)
  await page.locator('main').dispatchEvent('drop', { dataTransfer: data })
}

test('From the empty app to a classified photo in at most twelve clicks', async () => {
  const { page, client, complaints } = await theApp()
  let clicks = 0
  const click = async (name: string | RegExp, role: 'button' | 'link' = 'button') => {
    clicks += 1
    await page.getByRole(role, { name }).first().click()
  }

  await page.waitForURL(/#\/start/)
  await click('Try with the sample')
  await page.waitForURL(/#\/photos\//, { timeout: 60_000 })
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
  await page.getByRole('link', { name: 'Classify photos' }).waitFor({ timeout: 120_000 })
  await click('Classify photos', 'link')
  await page.waitForURL(/classify/)

  const { datasets } = await client.call('datasets.list', {})
  const photo = path.join(datasets[0]!.folder, 'val', 'striped', 'striped-031.jpg')
  await drop(page, '줄무늬 사진.jpg', await readFile(photo))
  const answer = page.locator('.result .answer-row').first()
  await answer.waitFor({ timeout: 60_000 })
  expect(await answer.textContent()).toContain('striped')
  expect(clicks).toBeLessThanOrEqual(12)
  expect(complaints).toEqual([])

  for (const [room, found] of [
    ['photos', '.photo img'],
    ['runs', 'table a'],
    ['models', '.card'],
    ['settings', '.card'],
    ['classify', '.result'],
  ] as const)
    for (const theme of ['light', 'dark'] as const) {
      await client.call('settings.set', { theme })
      await page.evaluate(`location.hash = '#/${room}'`)
      await page.locator(found).first().waitFor()
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${room} ${theme} ${id}: ${nodes[0]!.html}`)).toEqual([])
    }

  await page.evaluate(`location.hash = '#/runs'`)
  await page.locator('table a').first().click()
  await page.getByRole('heading', { name: 'Confusion matrix' }).waitFor()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: /safetensors/ }).click()
  expect((await saved).suggestedFilename()).toMatch(/\.safetensors$/)
})
