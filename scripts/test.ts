/**
 * `npm test [-- SUITES and options of vitest]`: makes sure of the set-up, then runs the suites one after the other (the
 * engine's and the browser's want the machine to themselves). The last line counts the tests of all of them.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBrowser } from './setup/browser.ts'
import { ensureSetup } from './setup/ensure.ts'

const everyTime = ['unit', 'web', 'golden', 'engine', 'e2e']
const onRequest = ['kill', 'fuzz', 'soak', 'desktop']

interface Result {
  passed: number
  failed: number
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs one suite, its report on standard output. A file that cannot even be loaded counts as a failed test. */
function runSuite(suite: string, options: string[], reports: string): Result {
  const report = join(reports, `${suite}.json`)
  const { status } = spawnSync(
    process.execPath,
    [
      ...process.execArgv,
      'node_modules/vitest/vitest.mjs',
      'run',
      `--project=${suite}`,
      // Where files are named, most suites hold none of them.
      ...(options.length > 0 ? ['--passWithNoTests'] : []),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...options,
    ],
    { cwd: root, stdio: 'inherit' },
  )
  const counts = readReport(report)
  return { passed: counts.passed, failed: counts.failed || (status === 0 ? 0 : 1) }
}

interface Report {
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

function readReport(file: string): Result {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report
    const unloadable = testResults.filter(
      (one) => one.status === 'failed' && one.assertionResults.length === 0,
    )
    return { passed: numPassedTests, failed: numFailedTests + unloadable.length }
  } catch {
    // vitest ended before it could report, or there was nothing to run: its exit code tells which.
    return { passed: 0, failed: 0 }
  }
}

/** Whether the browser's suite can run. On a build machine it has to. */
async function prepareBrowser(): Promise<Result | undefined> {
  try {
    process.env['THAW_BROWSER'] = await ensureBrowser()
    return undefined
  } catch (error) {
    const ci = Boolean(process.env['CI'])
    console.error(`The end-to-end tests ${ci ? 'cannot run' : 'are left out'}: ${(error as Error).message}.`)
    return { passed: 0, failed: ci ? 1 : 0 }
  }
}

const known = [...everyTime, ...onRequest]
const named = process.argv.slice(2).filter((argument) => known.includes(argument))
const options = process.argv.slice(2).filter((argument) => !known.includes(argument))

await ensureSetup()
const reports = mkdtempSync(join(tmpdir(), 'thaw-test-'))
const total: Result = { passed: 0, failed: 0 }
try {
  for (const suite of named.length > 0 ? named : everyTime) {
    const { passed, failed } =
      (suite === 'e2e' ? await prepareBrowser() : undefined) ?? runSuite(suite, options, reports)
    total.passed += passed
    total.failed += failed
  }
} finally {
  rmSync(reports, { recursive: true, force: true })
}
console.log(`${total.passed} passed, ${total.failed} failed`)
// Nothing that ran is nothing that passed.
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
