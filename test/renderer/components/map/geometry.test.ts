import { describe, expect, it } from 'vitest'
import {
  isInside,
  normalised,
  indicesInside,
  pointAt,
  pointTowards,
  roomForPhotos,
  wholeView,
  zoomed,
} from '../../../../src/renderer/components/map/geometry.ts'

/** A row of five points, straight up as they are given. */
const row = normalised([3, 3, 3, 3, 3], [0, 10, 20, 30, 40])
const view = { scale: 400, left: 0, top: 0 }

describe('the map', () => {
  it('lies on its long side, whatever direction that had', () => {
    expect([...row.x].map((x) => Math.round(x * 4))).toEqual([0, 1, 2, 3, 4])
    expect(new Set([...row.y].map((y) => y.toFixed(5)))).toEqual(new Set(['0.50000']))
    expect(row.height).toBeLessThan(1e-6 + 1)
  })

  it('is whole in its view, and stays under the pointer when it is zoomed', () => {
    const whole = wholeView(row, 800, 400)
    for (const x of row.x) {
      expect(x * whole.scale + whole.left).toBeGreaterThan(0)
      expect(x * whole.scale + whole.left).toBeLessThan(800)
    }
    const at = { x: 200, y: 100 }
    const near = zoomed(whole, 3, at, whole)
    expect((at.x - near.left) / near.scale).toBeCloseTo((at.x - whole.left) / whole.scale)
    expect(zoomed(whole, 1e6, at, whole).scale).toBeLessThan(whole.scale * 100)
  })

  it('tells what lies inside of a line, also of one that turns inwards', () => {
    const hollow = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
      { x: 5, y: 2 },
      { x: 0, y: 10 },
    ]
    expect(isInside(hollow, 1, 1)).toBe(true)
    expect(isInside(hollow, 5, 8)).toBe(false)
    const box = [
      { x: 90, y: 150 },
      { x: 310, y: 150 },
      { x: 310, y: 250 },
      { x: 90, y: 250 },
    ]
    expect(indicesInside(row, view, box)).toEqual([1, 2, 3])
  })

  it('goes from point to point, by pointer and by direction, and stays at the edge', () => {
    expect(pointAt(row, view, { x: 205, y: 203 }, 12)).toBe(2)
    expect(pointAt(row, view, { x: 250, y: 203 }, 12)).toBe(-1)
    expect(pointTowards(row, 2, { x: 1, y: 0 })).toBe(3)
    expect(pointTowards(row, 4, { x: 1, y: 0 })).toBe(4)
  })

  it('shows photos where there is room, what is preferred first', () => {
    const size = { width: 420, height: 420 }
    const order = [3, 2, 1, 0, 4]
    expect(roomForPhotos(row, view, size, { order, gap: 150, most: 9 })).toEqual([3, 1])
    expect(roomForPhotos(row, view, size, { order, gap: 50, most: 2 })).toEqual([3, 2])
  })

  it('draws no photo at all without falling over', () => {
    expect(normalised([], []).x).toHaveLength(0)
    expect(normalised([1], [1]).x[0]).toBe(0.5)
  })
})
