import type { ChartColors } from '../../composables/useChartColors.ts'
import type { ChartLine } from './lines.ts'

/** Pixels above the chart, and from edges and neighbours. */
const headHeight = 32
const gap = 12
const swatch = 18

/** What a picture says besides its chart: the page around it is not saved. */
export interface PictureHead {
  title: string
  lines: readonly Pick<ChartLine, 'label' | 'colour' | 'dash'>[]
  colors: ChartColors
  fontFamily: string
}

/**
 * A chart as it is drawn, on the theme's ground and under its title and its lines' names: transparent, the dark theme's could not be
 * read on paper.
 * @param pixels of the canvas a pixel of the page
 * @returns the address of a PNG; undefined where the browser gives no canvas
 */
export function chartPicture(
  chart: HTMLCanvasElement,
  pixels: number,
  head: PictureHead,
): string | undefined {
  const canvas = document.createElement('canvas')
  canvas.width = chart.width
  canvas.height = chart.height + headHeight * pixels
  const context = canvas.getContext('2d')
  if (!context) return undefined
  context.fillStyle = head.colors.surface
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(chart, 0, headHeight * pixels)
  context.scale(pixels, pixels)
  drawHead(context, canvas.width / pixels, head)
  return canvas.toDataURL('image/png')
}

/** The title on the left, the lines' names from the right, as many as there is room for. */
function drawHead(context: CanvasRenderingContext2D, width: number, head: PictureHead): void {
  const { title, lines, colors, fontFamily } = head
  const middle = headHeight / 2
  context.textBaseline = 'middle'
  context.fillStyle = colors.text
  context.font = `600 13px ${fontFamily}`
  context.fillText(title, gap, middle)
  const least = 2 * gap + context.measureText(title).width
  context.font = `12px ${fontFamily}`
  context.lineWidth = 2
  let right = width - gap
  for (const { label, colour, dash } of lines.toReversed()) {
    const left = right - context.measureText(label).width - swatch - 6
    if (left < least) break
    context.strokeStyle = colors[`chart-${colour}`]
    context.setLineDash([...(dash ?? [])])
    context.beginPath()
    context.moveTo(left, middle)
    context.lineTo(left + swatch, middle)
    context.stroke()
    context.fillText(label, left + swatch + 6, middle)
    right = left - gap
  }
}
