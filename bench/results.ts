import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { writeAtomic } from '../src/main/engine/files.ts'
import type { Side } from './contestants.ts'
import type { Measured } from './measure.ts'

/** One row as it was measured: every round of every side, and on what. */
export interface RowResult {
  /** Day, as 2026-11-24. */
  day: string
  machine: string
  versions: string
  rounds: Partial<Record<Side, Measured[]>>
  /** Why a side could not be measured. */
  failed?: Partial<Record<Side, string>>
}

export type Results = Record<string, RowResult>

const file = path.join(import.meta.dirname, 'results.json')

/** What was measured before: rows may be measured one at a time. */
export const readResults = (): Results =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {}

export const writeResults = (results: Results): Promise<void> =>
  writeAtomic(file, [`${JSON.stringify(results, null, 1)}\n`])
