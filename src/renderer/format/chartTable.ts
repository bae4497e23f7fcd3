import type { ChartLine } from '../components/charts/lines.ts'

/** A cell of a chart's table: as it is read, and in full, for other programs; null where there is nothing. */
export interface ChartCell {
  text: string
  value: string | number | null
}

/** What a chart is drawn from, in rows. The first cell of each says where it is. */
export interface ChartTable {
  columns: readonly string[]
  rows: readonly (readonly ChartCell[])[]
}

/** Lines as rows: a place of the horizontal axis, then each line's value there, or undefined. */
export function rowsOf(lines: readonly ChartLine[]): { x: number; values: (number | undefined)[] }[] {
  const byPlace = new Map<number, (number | undefined)[]>()
  for (const [at, { points }] of lines.entries())
    for (const { x, y } of points) {
      const values = byPlace.get(x) ?? Array.from<undefined>({ length: lines.length })
      values[at] = y
      byPlace.set(x, values)
    }
  return [...byPlace].sort(([a], [b]) => a - b).map(([x, values]) => ({ x, values }))
}

const field = (value: string | number | null): string => {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A table as CSV (RFC 4180), numbers in full. It begins with the mark without which spreadsheets take Korean for something else. */
export function csvOfTable({ columns, rows }: ChartTable): string {
  const lines = [columns, ...rows.map((row) => row.map(({ value }) => value))]
  return `\ufeff${[...lines.map((line) => line.map(field).join(',')), ''].join('\r\n')}`
}

/** The same of lines over the epochs. @param head what the horizontal axis is */
export function csvOf(head: string, lines: readonly ChartLine[]): string {
  const cell = (value: number | undefined): ChartCell => ({ text: '', value: value ?? null })
  return csvOfTable({
    columns: [head, ...lines.map(({ label, full }) => full ?? label)],
    rows: rowsOf(lines).map(({ x, values }) => [x, ...values].map(cell)),
  })
}
