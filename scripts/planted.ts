/**
 * `npm run test:planted [-- WORD…]`: plants the faults of test/mutants/planted.ts, those whose names hold all the words, one after the
 * other, and runs the tests that have to notice (docs/testing.md). Some ten minutes.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { plantedFaults } from '../test/mutants/planted.ts'
import type { PlantedFault } from '../test/mutants/fault.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = [
  join(root, 'node_modules/vitest/vitest.mjs'),
  ...['run', '--config=test/mutants/planted.config.ts', '--reporter=dot'],
]

/** How the tests end, and the first one that fails; none where they could not be run at all. */
function outcome(tests: readonly string[], planted?: string): { passed: boolean; failing?: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, vitest, {
    cwd: root,
    encoding: 'utf8',
    timeout: 900_000,
    env: {
      ...process.env,
      PLANTED_TESTS: tests.join(' '),
      ...(planted !== undefined && { PLANTED: planted }),
    },
  })
  const said = stripVTControlCharacters(stdout + stderr)
  const failing = /FAIL\W+planted\W+\S+ > (.*)/.exec(said)?.[1]
  return { passed: status === 0, ...(failing !== undefined && { failing }) }
}

/** Whether its tests notice it; says so. */
function isNoticed({ name, tests }: PlantedFault): boolean {
  const { passed, failing } = outcome(tests, name)
  if (failing !== undefined) console.log(`noticed  ${name} – by “${failing}”`)
  else console.log(passed ? `MISSED   ${name}` : `BROKEN   ${name}: its tests cannot be run`)
  return failing !== undefined
}

const places = (text: string, part: string): number => text.split(part).length - 1
const isThere = ({ name, file, from }: PlantedFault): boolean => {
  const found = places(readFileSync(join(root, file), 'utf8'), from)
  if (found !== 1) console.error(`LOST     ${name}: ${found} such places in ${file}`)
  return found === 1
}

const words = process.argv.slice(2)
const wanted = plantedFaults.filter(({ name }) => words.every((word) => name.includes(word)))
if (wanted.length === 0) throw new Error(`No planted fault is named “${words.join(' ')}”.`)

// In node and in a page's surroundings apart.
const tests = [...new Set(wanted.flatMap((it) => it.tests))]
const isOfPage = (test: string): boolean => test.startsWith('test/renderer/')
for (const some of [tests.filter(isOfPage), tests.filter((test) => !isOfPage(test))]) {
  if (some.length === 0) continue
  const { passed, failing = 'they cannot be run' } = outcome(some)
  if (!passed) throw new Error(`Without any fault these tests have to pass: ${failing}`)
}

const noticed = wanted.filter((it) => isThere(it) && isNoticed(it))
console.log(`${noticed.length} of ${wanted.length} planted faults are noticed`)
process.exitCode = noticed.length < wanted.length ? 1 : 0
