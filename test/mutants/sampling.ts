import { isSampled } from './sampled.ts'
import type { Place } from './sampled.ts'

/** Leaves the others out as if they did not compile, which is the one way of Stryker's to say that a mutant is not to be run. */
class Sampled {
  init(): Promise<void> {
    return Promise.resolve()
  }

  check(mutants: (Place & { id: string })[]): Promise<Record<string, object>> {
    const result = (mutant: Place): object =>
      isSampled(mutant) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' }
    return Promise.resolve(Object.fromEntries(mutants.map((mutant) => [mutant.id, result(mutant)])))
  }

  group(mutants: { id: string }[]): Promise<string[][]> {
    return Promise.resolve([mutants.map(({ id }) => id)])
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sampled', injectableClass: Sampled }]
