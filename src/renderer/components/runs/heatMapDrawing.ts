import type { ConfusionMatrix } from '../../../shared/metrics.ts'

interface Colors {
  ground: string
  right: string
  wrong: string
  line: string
  text: string
  accent: string
}

export interface HeatMapView {
  matrix: ConfusionMatrix
  /** Indices of classes, from left to right and from top to bottom. */
  order: readonly number[]
  classes: readonly string[]
  /** Of the picture and of one cell, pixels. */
  side: number
  cell: number
  /** The first column and row in view, in classes. */
  corner: readonly [number, number]
  pointed: readonly [number, number] | undefined
  /** Columns and rows that were searched for. */
  found: ReadonlySet<number>
  colors: Colors
}

/** From this size of a cell on, pixels, numbers and names can be read. */
const readable = 22

/** The theme's colours where an element stands. */
export function colorsOf(element: HTMLElement): Colors {
  const probe = document.createElement('span')
  element.parentElement?.append(probe)
  const of = (name: string) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const colors = {
    ...{ ground: of('--surface'), right: of('--good'), wrong: of('--bad') },
    ...{ line: of('--line'), text: of('--text'), accent: of('--accent') },
  }
  probe.remove()
  return colors
}

/** Draws what is in view: only cells that hold photos, the darker the larger their share of the row. */
export function drawHeatMap(context: CanvasRenderingContext2D, view: HeatMapView): void {
  const { matrix, order, side, cell, corner, colors, pointed, found } = view
  const [left, top] = corner
  const last = (from: number) => Math.min(order.length, Math.ceil(from + side / cell))
  const totals = matrix.map((row) => row.reduce((a, b) => a + b, 0))
  context.fillStyle = colors.ground
  context.fillRect(0, 0, side, side)
  context.font = `${Math.min(12, cell * 0.5)}px sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let row = Math.floor(top); row < last(top); row += 1)
    for (let column = Math.floor(left); column < last(left); column += 1) {
      const [truth, said] = [order[row]!, order[column]!]
      const n = matrix[truth]![said]!
      if (n === 0) continue
      const [x, y] = [(column - left) * cell, (row - top) * cell]
      // Square roots: one photo of a hundred has to be seen too.
      context.globalAlpha = 0.15 + 0.85 * Math.sqrt(n / Math.max(1, totals[truth]!))
      context.fillStyle = truth === said ? colors.right : colors.wrong
      context.fillRect(x, y, Math.max(1, cell - 0.5), Math.max(1, cell - 0.5))
      context.globalAlpha = 1
      if (cell < readable) continue
      context.fillStyle = colors.text
      context.fillText(String(n), x + cell / 2, y + cell / 2)
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
  { order, classes, side, cell, corner, colors }: HeatMapView,
): void {
  context.textAlign = 'left'
  for (let row = Math.ceil(corner[1]); row < Math.min(order.length, corner[1] + side / cell); row += 1) {
    const y = (row - corner[1] + 0.5) * cell
    const name = (classes[order[row]!] ?? '').slice(0, 24)
    const width = context.measureText(name).width + 6
    context.globalAlpha = 0.85
    context.fillStyle = colors.ground
    context.fillRect(0, y - 8, width, 16)
    context.globalAlpha = 1
    context.fillStyle = colors.text
    context.fillText(name, 3, y)
  }
}
