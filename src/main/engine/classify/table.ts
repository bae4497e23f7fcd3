import { stringify } from 'csv-stringify/sync'
import type { Answer } from '../../../shared/api/classify.ts'

export interface TableRow {
  photo: string
  top: readonly Answer[]
  /** Why there is no answer. */
  error?: string | undefined
}

/**
 * Answers as CSV, a row a photo: the path, then class and probability, the best first, then what went wrong.
 * @param options.bom for spreadsheets, which else take the file for one in the system's old encoding
 */
export function answersAsCsv(rows: readonly TableRow[], { bom = false } = {}): string {
  const most = Math.max(0, ...rows.map(({ top }) => top.length))
  const ranks = Array.from({ length: most }, (_, i) => i)
  const header = ['photo', ...ranks.flatMap((i) => [`class ${i + 1}`, `probability ${i + 1}`]), 'error']
  const cells = rows.map(({ photo, top, error = '' }) => [
    photo,
    ...ranks.flatMap((i) => [top[i]?.class ?? '', top[i]?.probability ?? '']),
    error,
  ])
  // escape_formulas: a photo named “=…” must not become a formula in a spreadsheet.
  return stringify([header, ...cells], { escape_formulas: true, bom })
}
