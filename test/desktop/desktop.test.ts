/** The app in real Electron, where there are a binary and a display (`npm run test:desktop`; on a server under xvfb-run). */
import path from 'node:path'
import { _electron } from 'playwright-core'
import type { ElectronApplication } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build/build.ts'
import { findElectron } from '../../scripts/start/electron.ts'
import { checkoutRoot } from '../../src/main/host/engineFiles.ts'
import { testFolder } from '../support/engine/host.ts'

const electron = findElectron()
const reason = 'reason' in electron ? `, left out: ${electron.reason}` : ''

async function theApp(...files: string[]) {
  if (!('binary' in electron)) throw new Error(electron.reason)
  await ensureBuilt({ desktop: true })
  const home = path.join(await testFolder(), 'home')
  // Chromium’s own sandbox does not run as root.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const profile = `--user-data-dir=${path.join(home, 'profile')}`
  const app: ElectronApplication = await _electron.launch({
    executablePath: electron.binary,
    args: [...flags, profile, checkoutRoot(), ...files],
    env: { ...process.env, THAW_HOME: home, LANG: 'en_GB.UTF-8', LANGUAGE: 'en' },
  })
  onTestFinished(() => app.close())
  const page = await app.firstWindow()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { app, page, complaints }
}

describe.skipIf(reason !== '')(`In Electron${reason}`, () => {
  test('the page has the bridge and nothing of Node, and its policy is not violated', async () => {
    const { page, complaints } = await theApp()
    await page.waitForURL(/^app:\/\/thaw\/#\/start/)
    const seen = await page.evaluate<[string, string, string[]]>(
      '[typeof process, typeof require, Object.keys(window.thaw).sort()]',
    )
    expect(seen).toEqual(['undefined', 'undefined', ['onFrame', 'pathForFile', 'send']])
    expect(complaints).toEqual([])
  })

  test('it stays on its page, and opens no other window', async () => {
    const { app, page } = await theApp()
    await page.waitForURL(/#\/start/)
    await page.evaluate(`location.href = 'https://example.com/'; window.open('https://example.com/')`)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(page.url()).toMatch(/^app:\/\/thaw\//)
    expect(app.windows()).toHaveLength(1)
  })

  test('the sample is drawn, its photos are shown, trained on and classified with', async () => {
    const { page, complaints } = await theApp()
    await page.getByRole('button', { name: 'Try with the sample' }).click()
    await page.waitForURL(/#\/photos\//, { timeout: 60_000 })
    await page.locator('.photo img').first().waitFor()
    const width = () => page.evaluate<number>(`document.querySelector('.photo img').naturalWidth`)
    // Its colours, which are there before it, are six pixels wide.
    await expect.poll(width).toBeGreaterThan(6)
    await page.getByRole('button', { name: 'Train on these' }).click()
    await page.waitForURL(/train\/photos/)
    for (const step of ['preparation', 'network', 'layers', 'settings', 'review']) {
      await page.locator('footer .button-primary').click()
      await page.waitForURL(new RegExp(`train/${step}`))
    }
    await page.getByRole('button', { name: /Start training/ }).click()
    await page.getByRole('link', { name: 'Classify photos' }).waitFor({ timeout: 120_000 })
    expect(complaints).toEqual([])
  })

  test('a weight file that it was started with is looked into', async () => {
    const { page } = await theApp(path.join(await testFolder(), 'mine.pth'))
    await page
      .getByRole('dialog')
      .getByText(/mine\.pth/)
      .first()
      .waitFor()
  })
})
