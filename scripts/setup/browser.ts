import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { command } from '../../src/main/engine/command.ts'
import { onPath } from './tools.ts'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'msedge',
]

const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
]

/** The Chromium-based browser for end-to-end tests: THAW_BROWSER, else one that is installed. */
export function findBrowser(): string | undefined {
  const named = process.env['THAW_BROWSER']
  if (named) return existsSync(named) ? named : undefined
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'].filter(Boolean)
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...applications].find(
    existsSync,
  )
}

/**
 * The same; if there is none and this is root on Debian or a relative of it (a build machine), Chromium is installed.
 * @throws telling what to do if there is no browser in the end
 */
export async function ensureBrowser(): Promise<string> {
  const found = findBrowser()
  if (found) return found
  const advice = 'install Chromium, Chrome or Edge, or name one by THAW_BROWSER'
  if (process.env['THAW_BROWSER']) throw new Error(`THAW_BROWSER names nothing; ${advice}`)
  if (process.getuid?.() !== 0 || !onPath('apt-get')) throw new Error(`there is no browser; ${advice}`)
  console.error('Set-up: installing Chromium for the end-to-end tests')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = ['install', '-y', '--no-install-recommends', 'chromium']
  await command('apt-get', install, { env, timeout: 900_000 }).catch(async () => {
    // A fresh image knows no packages before its lists are fetched.
    await command('apt-get', ['update'], { env, timeout: 300_000 })
    await command('apt-get', install, { env, timeout: 900_000 })
  })
  const installed = findBrowser()
  if (!installed) throw new Error(`Chromium was installed but is not found; ${advice}`)
  return installed
}
