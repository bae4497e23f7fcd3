/**
 * Every static check: `npm run check`. All run even if one fails, so that one look shows all. Each is the work of one thread, so two run
 * at a time, the longest first; what one has to say is printed when it ends.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

type Check = [name: string, script: string, ...args: string[]]

const waiting: Check[] = [
  ['lint', 'node_modules/eslint/bin/eslint.js', '.', '--cache', '--cache-location', '.cache/eslint'],
  ['types', 'node_modules/vue-tsc/bin/vue-tsc.js', '--build'],
  ['format', 'node_modules/prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'],
  [
    'imports',
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    'src',
    '--config',
    '.dependency-cruiser.cjs',
  ],
  ['unused', 'node_modules/knip/bin/knip.js'],
]

/** Whether the check passed. */
async function run([name, ...command]: Check): Promise<boolean> {
  const started = performance.now()
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      resolve(status === 0)
    })
  })
  const said = await Promise.all([text(child.stdout), text(child.stderr)])
  const passed = await ended
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${said.join('')}${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
  return passed
}

async function worker(): Promise<number> {
  let failed = 0
  for (let check = waiting.shift(); check; check = waiting.shift()) if (!(await run(check))) failed += 1
  return failed
}

const failed = await Promise.all([worker(), worker()])
process.exitCode = failed.some((count) => count > 0) ? 1 : 0
