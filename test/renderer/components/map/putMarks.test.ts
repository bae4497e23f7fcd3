import { expect, it } from 'vitest'
import type { Pixels } from '../../../../src/renderer/components/map/putMarks.ts'
import { fainter, pixelsOf, putMark } from '../../../../src/renderer/components/map/putMarks.ts'

const rgba = (r: number, g: number, b: number, a: number) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0
const empty = (width: number, height: number): Pixels => ({
  ...{ width, height, values: new Uint32Array(width * height) },
})
const filled = (width: number, height: number, value: number): Pixels => ({
  ...{ width, height, values: new Uint32Array(width * height).fill(value) },
})
const bytesOf = ({ values }: Pixels) => [...new Uint8Array(values.buffer)]

it('A mark is put down where it lies within, and what lies beyond an edge comes back nowhere else', () => {
  const mark = filled(3, 3, rgba(1, 2, 3, 255))
  for (const [left, top, count] of [
    [1, 1, 9],
    [-1, -1, 4],
    [4, 3, 4],
    [-3, 0, 0],
    [6, 0, 0],
    [0, 5, 0],
  ] as const) {
    const onto = empty(6, 5)
    putMark(onto, mark, left, top)
    const indices = [...onto.values.keys()].filter((at) => onto.values[at] !== 0)
    expect(indices).toHaveLength(count)
    for (const at of indices) {
      expect((at % 6) - left).toBeGreaterThanOrEqual(0)
      expect((at % 6) - left).toBeLessThan(3)
      expect(Math.floor(at / 6) - top).toBeGreaterThanOrEqual(0)
      expect(Math.floor(at / 6) - top).toBeLessThan(3)
    }
  }
})

it('Half of a colour lies over another as a canvas lays it, and over nothing as it is', () => {
  const onto = empty(3, 1)
  onto.values[1] = rgba(0, 200, 100, 255)
  onto.values[2] = rgba(0, 200, 100, 128)
  putMark(onto, filled(3, 1, rgba(200, 0, 100, 128)), 0, 0)
  // Of two halves one over the other three quarters are covered, two thirds of these by the upper one.
  expect(bytesOf(onto)).toEqual([200, 0, 100, 128, 100, 100, 100, 255, 134, 66, 100, 192])
})

it('A faint mark has its colours, and a share of its alpha', () => {
  expect(bytesOf(fainter(filled(1, 1, rgba(250, 20, 3, 200)), 0.18))).toEqual([250, 20, 3, 36])
})

it('Pixels of image data are its own', () => {
  const data = new Uint8ClampedArray(2 * 2 * 4)
  putMark(pixelsOf({ width: 2, height: 2, data }), filled(1, 1, rgba(9, 8, 7, 255)), 1, 0)
  expect([...data.subarray(4, 8)]).toEqual([9, 8, 7, 255])
})
