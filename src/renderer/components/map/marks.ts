/** What a point is drawn as: colour and shape together, so that neither has to be told alone. */
export interface Mark {
  /** Index among the chart colours, from 0. */
  colour: number
  shape: number
}

const colours = 8
type Draw = (context: CanvasRenderingContext2D, r: number) => void
const polygon =
  (...corners: [number, number][]): Draw =>
  (context, r) => {
    corners.forEach(([x, y], i) => context[i === 0 ? 'moveTo' : 'lineTo'](x * r, y * r))
    context.closePath()
  }
/** Circle, triangle, square, diamond, triangle on its tip, cross. */
const shapes: Draw[] = [
  (context, r) => context.arc(0, 0, r * 0.86, 0, 2 * Math.PI),
  polygon([0, -1], [0.95, 0.75], [-0.95, 0.75]),
  polygon([-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]),
  polygon([0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]),
  polygon([0, 1], [0.95, -0.75], [-0.95, -0.75]),
  (context, r) => {
    const thin = r * 0.36
    context.rect(-r, -thin, 2 * r, 2 * thin)
    context.rect(-thin, -r, 2 * thin, 2 * r)
  },
]

/** The mark of the n-th thing: 48 of them differ; the first eight differ in both colour and, mostly, shape. */
export const markOf = (n: number): Mark => ({
  colour: n % colours,
  shape: (n + Math.floor(n / colours)) % shapes.length,
})

/** Draws a mark with its middle at 0, 0. @param r pixels */
export function drawMark(
  context: CanvasRenderingContext2D,
  { shape }: Mark,
  { r, fill, edge }: { r: number; fill: string; edge: string },
): void {
  context.beginPath()
  shapes[shape]!(context, r)
  context.fillStyle = fill
  context.strokeStyle = edge
  context.lineWidth = Math.max(1, r / 5)
  context.fill()
  context.stroke()
}

/** A mark as a small picture that is put down thousands of times. */
export function markSprite(
  mark: Mark,
  colour: { fill: string; edge: string },
  pixels: number,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = pixels
  canvas.height = pixels
  const context = canvas.getContext('2d')
  if (!context) return canvas
  context.translate(pixels / 2, pixels / 2)
  drawMark(context, mark, { r: pixels / 2 - Math.max(1, pixels / 8), ...colour })
  return canvas
}
