import vm from 'node:vm'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'

/**
 * Milliseconds for all names of a dataset. What a person sets has to be done in a quarter of what reading it later may take, so that a busy
 * machine does not lose a pattern that was taken.
 */
const mostWhenSet = 1000
const mostWhenRead = 4 * mostWhenSet

/** Of these, what one name may take, when it is searched again alone: names are a matter of microseconds. */
const mostOfOne = 250

/** Runs in a context of its own, which alone can be left while a regular expression searches. An empty text names nothing. */
const script = new vm.Script(`((search) => {
  for (const { pattern, names, values } = search; search.next < names.length; search.next += 1) {
    const found = pattern.exec(names[search.next])
    values[search.next] = (found && (found[1] ?? found[0])) || undefined
  }
})(search)`)

/** A search as far as it is; it can be gone on with. */
interface Search {
  pattern: RegExp
  names: string[]
  values: (string | undefined)[]
  next: number
}

/** Some disks take Hangul and accents apart; a pattern is typed composed. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).normalize('NFC')

/** @throws SyntaxError if it is no regular expression */
const searchOf = (pattern: string, paths: readonly string[]): Search => ({
  ...{ pattern: new RegExp(pattern, 'u'), names: paths.map(nameOf), next: 0 },
  values: paths.map(() => undefined),
})

/** @throws Error if it takes longer than `most` milliseconds */
const goOn = (search: Search, most: number): unknown =>
  script.runInContext(vm.createContext({ search }), { timeout: Math.ceil(most) })

/** Goes on behind names that take too long, as long as there is time. @returns how many names were not searched to their end */
function goOnBehind(search: Search): number {
  const end = performance.now() + mostWhenRead
  let slow = 0
  while (search.next < search.names.length) {
    const [from, left] = [search.next, end - performance.now()]
    if (left <= 0) return slow + search.names.length - from
    try {
      goOn(search, Math.min(left, mostOfOne))
    } catch {
      // Others came before it, which may have taken the time.
      if (search.next > from) continue
      slow += 1
      search.next += 1
    }
  }
  return slow
}

/**
 * What a pattern finds in the name of each photo: its first group, or all that it matches; undefined: nothing. A pattern that is no
 * regular expression finds nothing in any; one that takes too long on a name finds nothing in it, and what it finds in the others stays.
 * `slow`: how many names were not searched to their end.
 */
export function matchesOf(
  pattern: string,
  paths: readonly string[],
): { values: (string | undefined)[]; slow: number } {
  try {
    const search = searchOf(pattern, paths)
    const slow = goOnBehind(search)
    return { values: search.values, slow }
  } catch {
    return { values: [], slow: 0 }
  }
}

/**
 * What a person sets has to be a regular expression, and quick on the names that are there: nested repetitions such as `(a+)+$` take longer than
 * the universe is old. @throws ThawError `config.invalid`
 */
export function requirePattern(pattern: string, paths: readonly string[]): void {
  try {
    goOn(searchOf(pattern, paths), mostWhenSet)
  } catch (error) {
    const isSlow = (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    throw new ThawError('config.invalid', { ...because(isSlow ? 'slow-pattern' : 'no-pattern') })
  }
}
