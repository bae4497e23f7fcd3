import { stringify } from 'csv-stringify/sync'
import type { Answer } from '../../../shared/api/classify.ts'

export interface TableRow {
  photo: string
  top: readonly Answer[]
  /** Why there is no answer. */
  error?: string | undefined
}

/** `escape_formulas`: a photo named “=…” must not become a formula in a spreadsheet. */
export const csvOptions = { escape_formulas: true } as const

const ranksOf = (most: number): number[] => Array.from({ length: most }, (_, i) => i)

/** Names of the columns of a table with this many answers a photo. */
export const tableColumns = (most: number): string[] => [
  'photo',
  ...ranksOf(most).flatMap((i) => [`class ${i + 1}`, `probability ${i + 1}`]),
  'error',
]

/** A photo as a row: the path, then class and probability, the best first, then what went wrong. */
export const tableRow = ({ photo, top, error = '' }: TableRow, most: number): (string | number)[] => [
  photo,
  ...ranksOf(most).flatMap((i) => [top[i]?.class ?? '', top[i]?.probability ?? '']),
  error,
]

/** Answers as CSV, a row a photo. */
export function answersAsCsv(rows: readonly TableRow[]): string {
  const most = Math.max(0, ...rows.map(({ top }) => top.length))
  return stringify([tableColumns(most), ...rows.map((row) => tableRow(row, most))], csvOptions)
}
