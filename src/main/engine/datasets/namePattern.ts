import vm from 'node:vm'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'

/**
 * Milliseconds for all names of a dataset. What a person sets has to be done in a quarter of what reading it later may take, so that a busy
 * machine does not lose a pattern that was taken.
 */
const mostWhenSet = 1000
const mostWhenRead = 4 * mostWhenSet

/** Runs in a context of its own, which alone can be left while a regular expression searches. An empty text names nothing. */
const search = new vm.Script(`names.map((name) => {
  const found = pattern.exec(name)
  return (found && (found[1] ?? found[0])) || undefined
})`)

/** Some disks take Hangul and accents apart; a pattern is typed composed. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).normalize('NFC')

/** @throws SyntaxError if it is no regular expression, Error if it takes longer than `most` milliseconds */
function matches(pattern: string, paths: readonly string[], most: number): (string | undefined)[] {
  const context = vm.createContext({ pattern: new RegExp(pattern, 'u'), names: paths.map(nameOf) })
  return search.runInContext(context, { timeout: most }) as (string | undefined)[]
}

/**
 * What a pattern finds in the name of each photo: its first group, or all that it matches; undefined: nothing. A pattern that is no
 * regular expression, or that takes too long, finds nothing in any.
 */
export function matchesOf(pattern: string, paths: readonly string[]): (string | undefined)[] {
  try {
    return matches(pattern, paths, mostWhenRead)
  } catch {
    return paths.map(() => undefined)
  }
}

/**
 * What a person sets has to be a regular expression, and quick on the names that are there: nested repetitions such as `(a+)+$` take longer than
 * the universe is old. @throws ThawError `config.invalid`
 */
export function requirePattern(pattern: string, paths: readonly string[]): void {
  try {
    matches(pattern, paths, mostWhenSet)
  } catch (error) {
    const isSlow = (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    throw new ThawError('config.invalid', { ...because(isSlow ? 'slow-pattern' : 'no-pattern') })
  }
}
