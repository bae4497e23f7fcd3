import { beforeAll, inject, vi } from 'vitest'

/**
 * Hands the mutant that is tried on to processes that a test starts: what Stryker puts into a file reads this variable where no test
 * runner has told it.
 */
function handOn(): void {
  const { __stryker__: stryker } = globalThis as { __stryker__?: { activeMutant?: string } }
  const name = '__STRYKER_ACTIVE_MUTANT__'
  if (stryker?.activeMutant === undefined) Reflect.deleteProperty(process.env, name)
  else process.env[name] = stryker.activeMutant
}

/**
 * The run without a mutant shows that every test passes, and which of them meets what. It may take its time: on a busy machine the
 * limit that ends a mutant's endless loop would end a slow test, and with it the whole of the run.
 */
const patience = 600_000
if (inject('mode' as never) === 'dry-run') vi.setConfig({ testTimeout: patience, hookTimeout: patience })

interface Coverage {
  static: Record<string, number>
  perTest: Record<string, Record<string, number>>
}

/**
 * Stryker's runner of vitest counts what is met in its own process, whatever it is told, and what a thread or a process of its own meets would
 * be met by nobody. Where they do the work (`inChildren`), every mutant counts as met when files are loaded, so that all tests are run for it.
 */
if (process.env['MUTANTS_IN_CHILDREN'] === 'yes' && inject('mode' as never) === 'dry-run')
  beforeAll(() => {
    const stryker = globalThis as { __stryker__?: { mutantCoverage?: Coverage } }
    const own = (stryker.__stryker__ ??= {})
    own.mutantCoverage ??= { static: {}, perTest: {} }
    // More than any module has.
    for (let id = 0; id < 10_000; id += 1) own.mutantCoverage.static[id] = 1
  })

// Mutants of what a file does when it is loaded are known now, the others when its tests begin.
handOn()
beforeAll(handOn)
