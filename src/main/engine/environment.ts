/**
 * What a process's environment says about the engine (docs/variables.md). Entry points hand it over; nothing below them reads a
 * variable of the process by itself, so that what decides how something is computed is seen where it is started.
 */
export type Environment = Readonly<Record<string, string | undefined>>

let given: Environment | undefined

/** To be called by an entry point, before it asks the engine for anything. */
export function enter(environment: Environment): void {
  given = environment
}

/** The variables that this process's entry point has handed over. */
export function environment(): Environment {
  if (!given) throw new Error('no entry point has said what its environment is')
  return given
}
