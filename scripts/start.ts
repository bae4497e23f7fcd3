/**
 * `npm start [-- --serve] [-- --port N]`: the app. A window where Electron and a display are to be had; otherwise its page is
 * served to a browser.
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ThawError } from '../src/shared/errors.ts'
import { serveUntilAsked } from '../src/main/commands/serve.ts'
import { startServe } from '../src/main/serve.ts'
import { ensureBuilt } from './build/build.ts'
import { root } from './build/targets.ts'
import { ensureSetup } from './setup/ensure.ts'
import { findElectron } from './start/electron.ts'

const { values } = parseArgs({
  options: { serve: { type: 'boolean', default: false }, port: { type: 'string' } },
})

async function serve(reason: string): Promise<void> {
  const port = values.port === undefined ? undefined : Number(values.port)
  await serveUntilAsked(
    () => startServe({ port }),
    ({ address }) => {
      console.log(`Thaw serves its page to a browser, since ${reason}. Open this address on this machine:\n`)
      console.log(`  ${address}\n`)
      console.log('Ctrl+C ends it.')
    },
  )
}

await ensureSetup()
const desktop = values.serve ? { reason: 'it was asked to' } : findElectron()
await ensureBuilt({ desktop: 'binary' in desktop })
/** An Electron that ends sooner than this never showed a window. Milliseconds. */
const soonest = 5000

/** The window until it is closed. @returns why there was none; undefined where there was one */
async function openWindow(binary: string): Promise<string | undefined> {
  const started = performance.now()
  const window = spawn(binary, [root], { stdio: 'inherit' })
  const code = await new Promise<number | string>((resolve) => {
    window.on('error', (error) => resolve(error.message))
    window.on('exit', (status, signal) => resolve(status ?? signal ?? 1))
  })
  if (code === 0) return undefined
  if (typeof code === 'number' && performance.now() - started > soonest) process.exit(code)
  return `Electron could not start (${code})`
}

const why = 'binary' in desktop ? await openWindow(desktop.binary) : desktop.reason
if (why === undefined) process.exit(0)
else
  await serve(why).then(
    () => process.exit(0),
    (error: unknown) => {
      if (!(error instanceof ThawError)) throw error
      console.error(`${error.message} ${error.advice}`)
      process.exit(error.exit)
    },
  )
