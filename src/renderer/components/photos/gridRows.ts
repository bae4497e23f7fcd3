import type { PhotoHead } from '../../../shared/api/datasets.ts'

/** A row of the grid: a head, or photos from index `from` on. */
export interface GridRow {
  head: PhotoHead | undefined
  from: number
  count: number
  indices: readonly number[]
}

const rowOf = (from: number, count: number): GridRow => ({
  head: undefined,
  from,
  count,
  // Made when the row is drawn: there are a hundred thousand places and a few rows in view.
  get indices() {
    return Array.from({ length: count }, (_, i) => from + i)
  },
})

/** The rows of so many photos, each group beginning a new one under its head. */
export function rowsUnder(total: number, columns: number, heads: readonly PhotoHead[]): GridRow[] {
  const rows: GridRow[] = []
  const sections = heads.length > 0 ? heads : [{ key: null, from: 0, count: total }]
  for (const section of sections) {
    if (heads.length > 0) rows.push({ head: section, from: section.from, count: 0, indices: [] })
    const end = Math.min(section.from + section.count, total)
    for (let from = section.from; from < end; from += columns)
      rows.push(rowOf(from, Math.min(columns, end - from)))
  }
  return rows
}

interface Measures {
  heightOf: (row: number) => number
  /** Pixels: height of a tile, and the width of the whole grid. */
  side: number
  gap: number
  width: number
}

/** The indices of all tiles that a box touches, in view or not. */
export function indicesInBox(
  rows: readonly GridRow[],
  { x, y, toX, toY }: { x: number; y: number; toX: number; toY: number },
  { heightOf, side, gap, width }: Measures,
): number[] {
  const [left, right, top, bottom] = [Math.min(x, toX), Math.max(x, toX), Math.min(y, toY), Math.max(y, toY)]
  const columns = Math.max(1, ...rows.map((row) => row.count))
  const step = (width + gap) / columns
  const indices: number[] = []
  let at = 0
  rows.forEach((row, i) => {
    if (!row.head && at <= bottom && at + side >= top)
      for (let column = 0; column < row.count; column += 1) {
        const from = column * step
        if (from <= right && from + step - gap >= left) indices.push(row.from + column)
      }
    at += heightOf(i)
  })
  return indices
}
