/** The app in a real browser, on the real engine, as a person has it before them. */
import { cp, mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { ensureBuilt } from '../../scripts/build/build.ts'
import { rendererFolder } from '../../scripts/build/targets.ts'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { checkoutRoot, engineOfCheckout } from '../../src/main/host/engineFiles.ts'
import type { ServeOptions } from '../../src/main/serve.ts'
import { startedServe } from './engine/serve.ts'
import { photosFolder } from './golden.ts'
import { patience } from './patience.ts'

let browser: Browser

/** Builds the page and starts a browser before the tests of a file, and ends it after them. */
export function withBrowser(): void {
  beforeAll(async () => {
    await ensureBuilt({ desktop: false })
    browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
  })
  afterAll(() => browser.close())
}

/** Serve mode with a page open, in English and light. `complaints` are the errors in the page's console. */
export async function openApp(options: ServeOptions = {}) {
  const started = await startedServe({
    renderer: rendererFolder,
    engine: engineOfCheckout(checkoutRoot()),
    ...options,
  })
  const { client } = await started.open()
  await client.call('settings.set', { language: 'en', theme: 'light' })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(started.serving.address)
  await page.waitForURL(/#\/(start|photos)/)
  const go = (place: string) => page.goto(`${started.origin}/#/${place}`)
  return { ...started, client, page, complaints, go }
}

export type OpenApp = Awaited<ReturnType<typeof openApp>>

/** Some of the recipe's photos, as a folder of its own. @returns the folder */
export async function someBeesAndAnts(folder: string, perClass: number): Promise<string> {
  for (const split of ['train', 'val'])
    for (const name of ['ants', 'bees']) {
      const from = path.join(photosFolder, split, name)
      await mkdir(path.join(folder, split, name), { recursive: true })
      for (const file of (await readdir(from)).toSorted().slice(0, perClass))
        await cp(path.join(from, file), path.join(folder, split, name, file))
    }
  return folder
}

/** Drops files onto the room, as the window would get them from outside. */
export async function drop(page: Page, files: readonly { name: string; bytes: Buffer }[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') }))
  // As text: the page's own globals are not those of this process.
  const data = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer()
    for (const { name, base64 } of ${JSON.stringify(given)}) {
      const values = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
      transfer.items.add(new File([values], name, { type: 'image/jpeg' }))
    }
    return transfer
  })()`)
  await page.locator('main').dispatchEvent('drop', { dataTransfer: data })
}

/** What axe finds that keeps a person out, in words. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // axe has looked at another page in between, and one that lies behind another may draw no more frames.
  await page.bringToFront()
  // Colours on their way from one theme to the other are nobody's. They are not waited for: without frames they would never arrive.
  await page.evaluate(`document.getAnimations()
    .filter((it) => it instanceof CSSTransition)
    .forEach((it) => it.finish())`)
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)
}

/** Types a path into the picker and takes what it leads to. */
export async function pickPath(page: Page, place: string, act: RegExp): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Path' }).fill(place)
  await dialog.getByRole('button', { name: 'Go' }).click()
  await dialog.getByRole('button', { name: act }).click()
}
