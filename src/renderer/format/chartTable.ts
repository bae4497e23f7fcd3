import type { ChartLine } from '../components/charts/lines.ts'

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

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The same as CSV (RFC 4180), numbers in full. It begins with the mark without which spreadsheets take Korean for something else. */
export function csvOf(head: string, lines: readonly ChartLine[]): string {
  const rows = rowsOf(lines).map(({ x, values }) => [x, ...values.map((value) => value ?? '')].join(','))
  const names = [head, ...lines.map(({ label, full }) => full ?? label)].map(field).join(',')
  return `\ufeff${[names, ...rows, ''].join('\r\n')}`
}
