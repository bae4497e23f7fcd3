import { expect, test, vi } from 'vitest'
import { chartPicture } from '../../../../src/renderer/components/charts/chartPicture.ts'

const colors = { surface: 'black', text: 'white', 'chart-1': 'blue', 'chart-2': 'orange' } as never
const lines = [
  { label: 'train', colour: 1 },
  { label: 'validation', colour: 2 },
] as const

test('A saved chart has the theme’s ground, its title, and the names of its lines', () => {
  const drawn: unknown[][] = []
  const log =
    (what: string) =>
    (...given: unknown[]) =>
      void drawn.push([what, ...given])
  // jsdom has no canvas.
  const context = {
    ...{ fillRect: log('rect'), drawImage: log('image'), fillText: log('text'), stroke: log('stroke') },
    ...{ scale: vi.fn(), beginPath: vi.fn(), moveTo: vi.fn(), lineTo: vi.fn(), setLineDash: vi.fn() },
    measureText: (text: string) => ({ width: 7 * text.length }),
  }
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as never)
  vi.spyOn(HTMLCanvasElement.prototype, 'toDataURL').mockReturnValue('data:image/png')
  const chart = Object.assign(document.createElement('canvas'), { width: 800, height: 400 })
  const head = { title: 'Loss', lines, colors, fontFamily: 'serif' }
  expect(chartPicture(chart, 2, head)).toBe('data:image/png')
  expect(drawn[0]).toEqual(['rect', 0, 0, 800, 464])
  expect(drawn[1]).toEqual(['image', chart, 0, 64])
  const texts = drawn.filter(([what]) => what === 'text').map(([, text, x]) => [text, x])
  expect(texts).toEqual([
    ['Loss', 12],
    ['validation', 400 - 12 - 70],
    ['train', 400 - 12 - 70 - 24 - 12 - 35],
  ])
  expect(drawn.filter(([what]) => what === 'stroke')).toHaveLength(2)
})
