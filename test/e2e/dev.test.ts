import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { utimes } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { ensureBrowser } from '../../scripts/setup/browser.ts'
import { checkoutRoot } from '../../src/main/host/engineFiles.ts'
import { temporaryFolder } from '../support/folder.ts'
import { patience } from '../support/patience.ts'

const folder = temporaryFolder()

/** `npm run dev`, the address that it prints, and its end as the system asks for it. */
async function developing(): Promise<{ address: string; end: () => Promise<number | null> }> {
  const child = spawn(process.execPath, [path.join(checkoutRoot(), 'scripts', 'dev.ts')], {
    env: { ...process.env, NO_COLOR: '1', THAW_SETUP: 'skip', THAW_HOME: folder.path('home') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const end = async () => {
    child.kill('SIGTERM')
    return (await ended)[0]
  }
  onTestFinished(async () => {
    await end()
  })
  for await (const line of createInterface(child.stdout)) {
    const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0]
    if (address !== undefined) return { address, end }
  }
  throw new Error('it ended without an address')
}

test('While it is developed the page talks to the real engine, and follows a change of its source', async () => {
  const { address, end } = await developing()
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  page.setDefaultTimeout(patience)
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await page.goto(address)
  await page.getByText('Thaw').first().waitFor()
  await page.waitForURL(/#\/start/)
  await expect.poll(() => said.join('\n')).toContain('[vite] connected')
  // Newer, and not another one.
  const now = new Date()
  await utimes(path.join(checkoutRoot(), 'src', 'renderer', 'styles', 'tokens.css'), now, now)
  await expect.poll(() => said.join('\n')).toContain('[vite] hot updated')
  // The engine ends before what started it: by the code that Vite ends with, it would still be writing.
  expect(await end()).toBe(0)
})
