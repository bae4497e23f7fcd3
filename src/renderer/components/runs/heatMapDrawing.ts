import type { ChartColors } from '../../composables/useChartColors.ts'
import type { ConfusionMatrix } from '../../../shared/metrics.ts'

/** A row's cells that hold photos: their columns as they are shown, and what share of the row's photos each holds. */
interface HeatRow {
  truth: number
  cells: readonly { column: number; said: number; n: number; share: number }[]
}

/** What there is to draw of a matrix, row by row as shown: nearly all cells of many classes are empty. */
export function heatRows(matrix: ConfusionMatrix, order: readonly number[]): HeatRow[] {
  return order.map((truth) => {
    const row = matrix[truth]!
    const total = row.reduce((a, b) => a + b, 0)
    const cells = order.flatMap((said, column) => {
      const n = row[said]!
      return n > 0 ? [{ column, said, n, share: n / total }] : []
    })
    return { truth, cells }
  })
}

export interface HeatMapView {
  /** From top to bottom. */
  rows: readonly HeatRow[]
  classes: readonly string[]
  /** Of the picture and of one cell, pixels. */
  side: number
  cell: number
  /** The first column and row in view, in classes. */
  corner: readonly [number, number]
  pointed: readonly [number, number] | undefined
  /** Columns and rows that were searched for. */
  found: ReadonlySet<number>
  colors: ChartColors
  fontFamily: string
}

/** From this size of a cell on, pixels, numbers and names can be read. */
const readable = 22

/** Draws what is in view: only cells that hold photos, the darker the larger their share of the row. */
export function drawHeatMap(context: CanvasRenderingContext2D, view: HeatMapView): void {
  const { rows, side, cell, corner, colors, pointed, found, fontFamily } = view
  const [left, top] = corner
  context.fillStyle = colors.surface
  context.fillRect(0, 0, side, side)
  context.font = `${Math.min(12, cell * 0.5)}px ${fontFamily}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let at = Math.floor(top); at < Math.min(rows.length, top + side / cell); at += 1) {
    const { truth, cells } = rows[at]!
    for (const { column, said, n, share } of cells) {
      const [x, y] = [(column - left) * cell, (at - top) * cell]
      if (x <= -cell || x >= side) continue
      // Square roots: one photo of a hundred has to be seen too.
      context.globalAlpha = 0.15 + 0.85 * Math.sqrt(share)
      context.fillStyle = truth === said ? colors.good : colors.bad
      context.fillRect(x, y, Math.max(1, cell - 0.5), Math.max(1, cell - 0.5))
      context.globalAlpha = 1
      if (cell < readable) continue
      context.fillStyle = colors.text
      context.fillText(String(n), x + cell / 2, y + cell / 2)
    }
  }
  for (const at of found) band(context, view, at, colors.accent)
  if (pointed) for (const at of pointed) band(context, view, at, colors.text)
  if (cell >= readable) names(context, view)
}

/** A column and a row, marked. */
function band(
  context: CanvasRenderingContext2D,
  { side, cell, corner }: HeatMapView,
  at: number,
  color: string,
): void {
  context.globalAlpha = 0.12
  context.fillStyle = color
  context.fillRect((at - corner[0]) * cell, 0, cell, side)
  context.fillRect(0, (at - corner[1]) * cell, side, cell)
  context.globalAlpha = 1
}

/** The rows' names, along the left edge. */
function names(
  context: CanvasRenderingContext2D,
  { rows, classes, side, cell, corner, colors }: HeatMapView,
): void {
  context.textAlign = 'left'
  for (let row = Math.ceil(corner[1]); row < Math.min(rows.length, corner[1] + side / cell); row += 1) {
    const y = (row - corner[1] + 0.5) * cell
    const name = (classes[rows[row]!.truth] ?? '').slice(0, 24)
    const width = context.measureText(name).width + 6
    context.globalAlpha = 0.85
    context.fillStyle = colors.surface
    context.fillRect(0, y - 8, width, 16)
    context.globalAlpha = 1
    context.fillStyle = colors.text
    context.fillText(name, 3, y)
  }
}
