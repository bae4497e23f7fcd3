import { afterEach, expect, it, vi } from 'vitest'
import { drawnWidth } from '../../../../src/renderer/components/charts/figurePicture.ts'

const rect = (left: number, width: number) => new DOMRect(left, 0, width, 10)
afterEach(() => {
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

/** A figure 600 pixels wide at 100; each element is as wide as its `data-w`, each text 8 pixels a letter. */
function figure(html: string): HTMLElement {
  document.body.innerHTML = `<div id="figure" data-w="600">${html}</div>`
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
    return rect(100, Number(this.getAttribute('data-w')))
  })
  vi.spyOn(Element.prototype, 'scrollWidth', 'get').mockReturnValue(600)
  Range.prototype.getClientRects = function (this: Range) {
    return [rect(100, 8 * this.toString().length)] as unknown as DOMRectList
  }
  return document.querySelector<HTMLElement>('#figure')!
}

it('A picture is as wide as what is drawn, and not as the blocks that fill their column', () => {
  const drawn = figure('<svg data-w="380"></svg><p data-w="600">right answers</p>')
  expect(drawnWidth(drawn)).toBe(380)
})

it('It holds texts that reach further, and bars without a word, but nothing that lies beyond the figure', () => {
  expect(drawnWidth(figure(`<svg data-w="80"></svg><p data-w="600">${'a'.repeat(50)}</p>`))).toBe(400)
  expect(drawnWidth(figure('<p data-w="600">a</p><div><i data-w="500"></i></div>'))).toBe(500)
  expect(drawnWidth(figure('<svg data-w="900"></svg>'))).toBe(600)
})
