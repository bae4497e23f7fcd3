import { createHash } from 'node:crypto'

/** What tells one mutant from another (@stryker-mutator/api, `Mutant` and `MutantResult`). */
export interface Place {
  fileName: string
  location: { start: { line: number; column: number } }
  replacement?: string | undefined
}

/**
 * Whether a mutant is among those that are tried where only a share of a module is (`MUTANTS_SHARE`, above 0 to 1). It depends on the mutant and
 * `MUTANTS_SEED` alone, so that every process decides alike, and a second run tries the same ones.
 */
export function isSampled({ fileName, location: { start }, replacement = '' }: Place): boolean {
  const share = Number(process.env['MUTANTS_SHARE'] ?? 1)
  const seed = process.env['MUTANTS_SEED'] ?? '1'
  const file = fileName.replaceAll('\\', '/').split('/').slice(-2).join('/')
  const named = [seed, file, start.line, start.column, replacement].join('\n')
  return createHash('sha256').update(named).digest().readUInt32BE() < share * 2 ** 32
}

/** Whether no test meets it. Such mutants are counted before a checker is asked, so that all of them are told, whatever the share. */
export const isUnmet = (mutant: Place & { status: string }): boolean =>
  mutant.status === 'NoCoverage' && isSampled(mutant)
