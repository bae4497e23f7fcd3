import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { ensureBuilt } from '../scripts/build/build.ts'
import { enterServing } from '../scripts/serving.ts'
import { ensureBrowser } from '../scripts/setup/browser.ts'
import { startServe } from '../src/main/serve.ts'
import type { RunSettings } from '../src/shared/config.ts'
import { RunConfig } from '../src/shared/config.ts'

/** Serve mode on a data folder that is thrown away at the `end`, and Chromium. @param args for Chromium */
export async function served(name: string, args: readonly string[] = []) {
  const home = await mkdtemp(path.join(os.tmpdir(), `thaw-${name}-`))
  await ensureBuilt({ desktop: false })
  const env = { ...process.env, THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') }
  const serving = await startServe({ port: 0, env })
  const { origin, connect } = await enterServing(serving)
  const { client, close } = await connect()
  const executablePath = await ensureBrowser()
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...args] })

  /** Trains to the end. @returns the run's id */
  async function train(dataset: string, settings: RunSettings): Promise<string> {
    const config = RunConfig.parse(settings)
    const { run } = await client.call('train.start', { dataset, config, name: 'measured' })
    for (;;) {
      const { state } = (await client.call('runs.get', { run })).summary
      if (state === 'finished') return run
      if (state === 'failed') throw new Error('The run failed.')
      await pause(500)
    }
  }

  /** The app in a window of its own, in English and light. @param script is run before the page's own */
  async function open(script?: string) {
    await client.call('settings.set', { language: 'en', theme: 'light' })
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
    if (script !== undefined) await page.addInitScript(script)
    await page.goto(serving.freshAddress())
    await page.waitForURL(/#\/photos/)
    return page
  }

  async function end(): Promise<void> {
    await browser.close()
    close()
    await serving.close()
    await rm(home, { recursive: true, force: true })
  }

  return { home, origin, client, train, open, end }
}
