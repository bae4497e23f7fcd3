import { stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/build/build.ts'
import { rendererFolder } from '../../scripts/build/targets.ts'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { objects, startThaw } from '../support/commandLine.ts'
import { put, temporaryFolder } from '../support/folder.ts'
import { photosIn } from '../support/engine/host.ts'
import { startedServe } from '../support/engine/serve.ts'
import { patience } from '../support/patience.ts'

let browser: Browser
beforeAll(async () => {
  await ensureBuilt({ desktop: false })
  browser = await chromium.launch({ executablePath: await ensureBrowser() })
})
afterAll(() => browser.close())

async function aPage(address: string) {
  const context = await browser.newContext()
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    // A browser looks for /favicon.ico by itself.
    const isFavicon = message.location().url.endsWith('/favicon.ico')
    if (message.type() === 'error' && !isFavicon) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(address)
  return { page, complaints }
}

test('The printed address opens the app in a browser, and its policy is not violated', async () => {
  const { serving } = await startedServe({ renderer: rendererFolder })
  const { page, complaints } = await aPage(serving.address)
  await page.waitForSelector('#app > .app')
  expect(new URL(page.url()).search).toBe('')
  expect(complaints).toEqual([])
  // A second tab of the same browser has the cookie already.
  const second = await page.context().newPage()
  await second.goto(`http://127.0.0.1:${serving.port}/`)
  await second.waitForSelector('#app > .app')
})

test('Without the key a browser is told where it is', async () => {
  const { serving } = await startedServe({ renderer: rendererFolder })
  const { page } = await aPage(`http://127.0.0.1:${serving.port}/`)
  expect(await page.textContent('body')).toContain('printed')
})

test('A page of the app talks to the engine over its socket and shows its pictures', async () => {
  const { serving, open, home } = await startedServe({ renderer: rendererFolder })
  const { client } = await open()
  const { id } = await client.call('datasets.add', {
    folder: await photosIn(path.join(home, 'photos'), ['ants', 'bees']),
  })
  const { photos } = await client.call('datasets.photos', { dataset: id })
  const { page } = await aPage(serving.address)
  const width = await page.evaluate<number>(`(async () => {
    const image = new Image()
    image.src = '/thumb/${photos[0]!.id}'
    await image.decode()
    return image.naturalWidth
  })()`)
  expect(width).toBe(40)
})

test('A page of another origin cannot open the socket', async () => {
  const { serving } = await startedServe({ renderer: rendererFolder })
  const { page } = await aPage(serving.address)
  const opened = await page.evaluate<boolean>(`new Promise((resolve) => {
    const socket = new WebSocket('ws://localhost:${serving.port}/rpc')
    socket.onopen = () => resolve(true)
    socket.onerror = () => resolve(false)
  })`)
  // 127.0.0.1's page and localhost's socket are two origins.
  expect(opened).toBe(false)
})

test('A weight file that is opened with Thaw from outside is looked into, each time', async () => {
  const { serving, home, origin } = await startedServe({ renderer: rendererFolder })
  const file = await put(path.join(home, 'mine.pth'), 'rubbish')
  const { page } = await aPage(serving.address)
  await page.waitForSelector('#app > .app')
  for (let time = 1; time <= 2; time += 1) {
    // As the app's main process opens it (src/main/openedFiles.ts).
    await page.goto(`${origin}/#/models?inspect=${encodeURIComponent(file)}`)
    const dialog = page.getByRole('dialog')
    await dialog
      .getByText(/mine\.pth/)
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
})

const folder = temporaryFolder()

test('thaw serve in a checkout builds the page where it is older than its sources, and then serves it', async () => {
  const index = path.join(rendererFolder, 'index.html')
  await utimes(index, 0, 0)
  const home = folder.path('home')
  const running = startThaw(['serve', '--port', '0', '--json'], {
    inCheckout: true,
    env: { THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') },
  })
  const out = await running.line('address')
  const [{ address }] = objects<{ address: string }>({ out }) as [{ address: string }]
  const { page, complaints } = await aPage(address)
  await page.waitForSelector('#app > .app')
  expect((await stat(index)).mtimeMs).toBeGreaterThan(0)
  expect(complaints).toEqual([])
  running.child.kill()
  // Nothing else is told on standard output: programs read it.
  expect(objects(await running.ended)).toHaveLength(1)
})
