/**
 * `npm run test:mutants [-- MODULE…] [--quick] [--only FILES] [--share SHARE] [--seed SEED] [--waits SECONDS] [--concurrency N]`: changes one
 * thing at a time in modules whose every line counts, and runs the tests that are about it; a change that none of them notices is a hole in the
 * tests (docs/testing.md). All modules take a night; a share of each, chosen by a seed, tells its score with an interval in an hour or two.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { mutatedModules } from '../test/mutants/modules.ts'
import type { MutatedModule } from '../test/mutants/modules.ts'
import { isUnmet } from '../test/mutants/sampled.ts'
import { wilson } from '../src/shared/metrics.ts'
import { vendorFolder } from '../src/main/engine/backend/vendor.ts'

/** Percent of a module's mutants that its tests have to kill. */
const least = 80

const root = fileURLToPath(new URL('..', import.meta.url))
const reports = join(root, '.cache/mutants')

type ModuleName = keyof typeof mutatedModules
type Results = Awaited<ReturnType<Stryker['runMutationTest']>>

interface Score {
  module: string
  killed: number
  total: number
}

const isKilled = (status: string): boolean => status === 'Killed' || status === 'Timeout'
/** What cannot be run, or was left out by a comment that says why, is no mutant. */
const counts = (mutant: Results[number]): boolean =>
  ['Killed', 'Timeout', 'Survived'].includes(mutant.status) || isUnmet(mutant)

async function mutated(name: ModuleName): Promise<Score> {
  const { mutate, tests, inChildren, waits = Number(values.waits) }: MutatedModule = mutatedModules[name]
  process.env['MUTANTS_TESTS'] = tests.join(' ')
  process.env['MUTANTS_WAITS'] = String(waits)
  process.env['MUTANTS_IN_CHILDREN'] = inChildren ? 'yes' : 'no'
  const results = await new Stryker({
    mutate: values.only.length > 0 ? values.only : [...mutate],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutants/vitest.config.ts', related: false },
    plugins: [
      fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner')),
      join(root, 'test/mutants/told.ts'),
      join(root, 'test/mutants/sampling.ts'),
    ],
    checkers: Number(values.share) < 1 ? ['sampled'] : [],
    // After its tests' own limit: a process that is ended has to be started again, which takes longer than a test that has failed.
    timeoutMS: (waits + 10) * 1000,
    timeoutFactor: 3,
    // The first run, without a mutant: five minutes unless told, which a busy machine does not keep to.
    dryRunTimeoutMinutes: 60,
    coverageAnalysis: inChildren ? 'off' : 'perTest',
    concurrency: Number(values.concurrency),
    // Its enum is in a package of its own, which is none of ours.
    ...({ logLevel: 'error' } as object),
    ignorePatterns: ['vendor', 'out', 'dist', 'stage', '.cache', 'docs', 'assets', 'bench'],
    tempDirName: `.cache/stryker/${name}`,
    reporters: ['told', 'json'],
    jsonReporter: { fileName: join(reports, `${name}.json`) },
    allowEmpty: false,
    disableTypeChecks: false,
  }).runMutationTest()
  const mutants = results.filter(counts)
  return {
    module: name,
    killed: mutants.filter(({ status }) => isKilled(status)).length,
    total: mutants.length,
  }
}

/** 95% of chances, in percent, of a share of all mutants from those that were tried. */
function interval(killed: number, total: number): string {
  return wilson(killed, total)
    .map((bound) => (100 * bound).toFixed(0))
    .join(' to ')
}

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '1' },
    /** Seconds after which a test counts as failed: more on a busy machine, where slow is not yet stuck. */
    waits: { type: 'string', default: '10' },
    /** How many of the mutants are tried, above 0 to 1: every one unless told. */
    share: { type: 'string', default: '1' },
    /** Which they are. */
    seed: { type: 'string', default: '1' },
    /** Globs, or `FILE:10-40` for some of its lines, in place of the module's whole list. */
    only: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
})
const names = Object.keys(mutatedModules) as ModuleName[]
const unknown = positionals.find((given) => !Object.hasOwn(mutatedModules, given))
if (unknown !== undefined) throw new Error(`There is no module “${unknown}”; there are ${names.join(', ')}.`)
const isWanted = (name: ModuleName): boolean => {
  if (positionals.length > 0) return positionals.includes(name)
  const { quick }: MutatedModule = mutatedModules[name]
  return !values.quick || quick === true
}

// The tests run in a copy of the checkout, which leaves out what set-up brings.
process.env['MUTANTS_SHARE'] = values.share
process.env['MUTANTS_SEED'] = values.seed
process.env['THAW_VENDOR'] = vendorFolder(process.env)
mkdirSync(reports, { recursive: true })
const scores: Score[] = []
for (const name of names.filter(isWanted)) {
  const started = performance.now()
  const score = await mutated(name)
  scores.push(score)
  console.log(
    `${name}: ${score.killed} of ${score.total} killed (${((performance.now() - started) / 1000).toFixed(0)} s)`,
  )
}
writeFileSync(join(reports, 'scores.json'), JSON.stringify(scores, null, 1))
console.table(
  scores.map(({ module, killed, total }) => ({
    module,
    killed,
    total,
    percent: ((100 * killed) / total).toFixed(1),
    ...(Number(values.share) < 1 ? { interval: interval(killed, total) } : {}),
  })),
)
const weak = scores.filter(({ killed, total }) => 100 * killed < least * total)
if (weak.length > 0) console.error(`Below ${least}%: ${weak.map((one) => one.module).join(', ')}`)
process.exitCode = weak.length > 0 ? 1 : 0
