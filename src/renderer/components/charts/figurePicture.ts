import { chartPicture } from './chartPicture.ts'
import type { PictureHead } from './chartPicture.ts'

/** Pixels around a figure. */
const margin = 12

/** The element as it looks, able to stand alone: every style that the page's sheets give it stands in itself. */
function standingAlone(element: Element): Element {
  const copy = element.cloneNode(true) as Element
  const copies = [copy, ...copy.querySelectorAll('*')]
  for (const [at, original] of [element, ...element.querySelectorAll('*')].entries()) {
    const styles = getComputedStyle(original)
    const { style } = copies[at] as HTMLElement | SVGElement
    for (const name of styles) style.setProperty(name, styles.getPropertyValue(name))
    if (!(original instanceof HTMLCanvasElement)) continue
    // A copied canvas is empty.
    const image = document.createElement('img')
    image.src = original.toDataURL()
    image.style.cssText = style.cssText
    copies[at]!.replaceWith(image)
  }
  return copy
}

/**
 * How far to the right something is drawn in an element, in pixels: texts, pictures and whatever has nothing in it, but not the blank
 * remainder of a block that takes the width of its column.
 */
export function drawnWidth(element: HTMLElement): number {
  const { left } = element.getBoundingClientRect()
  let right = left
  const take = ({ width, right: end }: DOMRect) => {
    // What only a screen reader meets has no size.
    if (width > 1) right = Math.max(right, end)
  }
  const visit = (node: Node): void => {
    if (node instanceof Text) {
      if (node.data.trim() === '') return
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const rect of range.getClientRects()) take(rect)
    } else if (node instanceof SVGSVGElement || (node instanceof Element && !node.hasChildNodes()))
      take(node.getBoundingClientRect())
    else for (const child of node.childNodes) visit(child)
  }
  visit(element)
  return Math.min(Math.ceil(right - left), element.scrollWidth)
}

interface Sizes {
  /** Of the picture. */
  width: number
  height: number
  /** What the element is laid out in, as on its page. */
  layout: number
}

/** The address of an SVG picture of the element. @param sizes in pixels */
function asSvg(element: Element, { width, height, layout }: Sizes): string {
  const copy = standingAlone(element)
  const { style } = copy as HTMLElement
  style.setProperty('margin', '0')
  style.setProperty('width', `${layout}px`)
  const text = new XMLSerializer().serializeToString(copy)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${text}</foreignObject></svg>`
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
}

/**
 * A figure of the page's own elements as it looks now, under its title: what `chartPicture` is for charts on a canvas.
 * @param pixels of the picture a pixel of the page
 * @returns the address of a PNG; undefined where the browser draws none
 */
export async function figurePicture(
  element: HTMLElement,
  pixels: number,
  head: PictureHead,
): Promise<string | undefined> {
  const [width, height, layout] = [drawnWidth(element), element.scrollHeight, element.scrollWidth]
  const image = new Image()
  image.src = asSvg(element, { width, height, layout })
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = (width + 2 * margin) * pixels
  canvas.height = (height + 2 * margin) * pixels
  const context = canvas.getContext('2d')
  if (!context) return undefined
  context.scale(pixels, pixels)
  context.drawImage(image, margin, margin, width, height)
  return chartPicture(canvas, pixels, head)
}
