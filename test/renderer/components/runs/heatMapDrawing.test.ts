import { expect, test, vi } from 'vitest'
import { drawHeatMap, heatRows } from '../../../../src/renderer/components/runs/heatMapDrawing.ts'

const matrix = [
  [3, 1, 0],
  [0, 0, 0],
  [0, 2, 2],
]

test('Rows hold their cells with photos, by the columns as they are shown', () => {
  expect(heatRows(matrix, [2, 0, 1])).toEqual([
    {
      truth: 2,
      cells: [
        { column: 0, said: 2, n: 2, share: 0.5 },
        { column: 2, said: 1, n: 2, share: 0.5 },
      ],
    },
    {
      truth: 0,
      cells: [
        { column: 1, said: 0, n: 3, share: 0.75 },
        { column: 2, said: 1, n: 1, share: 0.25 },
      ],
    },
    { truth: 1, cells: [] },
  ])
})

test('Only cells in view are drawn', () => {
  const fillRect = vi.fn()
  const context = { fillRect, fillText: vi.fn(), measureText: () => ({ width: 9 }) }
  drawHeatMap(context as never, {
    ...{ rows: heatRows(matrix, [0, 1, 2]), classes: ['a', 'b', 'c'], side: 20, cell: 10, corner: [1, 1] },
    ...{ pointed: undefined, found: new Set(), colors: {} as never, fontFamily: 'serif' },
  })
  const [ground, ...cells] = fillRect.mock.calls
  expect(ground).toEqual([0, 0, 20, 20])
  expect(cells).toEqual([
    [0, 10, 9.5, 9.5],
    [10, 10, 9.5, 9.5],
  ])
})
