/** Places on the map, from 0 to 1 across the longer side; a canvas shows a part of them. */
export interface MapPoints {
  x: Float32Array
  y: Float32Array
  /** How far they reach, at most 1. */
  width: number
  height: number
}

/** Pixels of the screen from map to canvas: `x · scale + left`. */
export interface MapView {
  scale: number
  left: number
  top: number
}

export interface Spot {
  x: number
  y: number
}

/** Turns places so that they reach farthest from left to right: screens are wide, and directions on the map mean nothing. */
function turned(x: readonly number[], y: readonly number[]): { x: number[]; y: number[] } {
  const mean = (values: readonly number[]) => values.reduce((sum, it) => sum + it, 0) / (values.length || 1)
  const [mx, my] = [mean(x), mean(y)]
  let [xx, yy, xy] = [0, 0, 0]
  x.forEach((value, i) => {
    const [dx, dy] = [value - mx, y[i]! - my]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  })
  // The direction of the largest variance of two: the angle of the covariance's first axis.
  const angle = Math.atan2(2 * xy, xx - yy) / 2
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return {
    x: x.map((value, i) => (value - mx) * cos + (y[i]! - my) * sin),
    y: x.map((value, i) => (y[i]! - my) * cos - (value - mx) * sin),
  }
}

/** Positions of any size, turned, moved and scaled: the longer side reaches from 0 to 1, the shorter lies in its middle. */
export function normalised(givenX: readonly number[], givenY: readonly number[]): MapPoints {
  const { x, y } = turned(givenX, givenY)
  const ends = (values: readonly number[]) => {
    let [least, most] = [Infinity, -Infinity]
    for (const value of values) {
      least = Math.min(least, value)
      most = Math.max(most, value)
    }
    return { least, size: Math.max(0, most - least) }
  }
  const [across, down] = [ends(x), ends(y)]
  const size = Math.max(across.size, down.size) || 1
  const along = (values: readonly number[], { least, size: own }: { least: number; size: number }) =>
    Float32Array.from(values, (value) => (value - least + (size - own) / 2) / size)
  return {
    x: along(x, across),
    y: along(y, down),
    width: across.size / size || 1,
    height: down.size / size || 1,
  }
}

/** Pixels that stay free around the whole map. */
const margin = 28
const mostZoom = 60

/** The view that shows everything. */
export function wholeView(points: MapPoints, width: number, height: number): MapView {
  const scale = Math.max(
    1,
    Math.min((width - 2 * margin) / points.width, (height - 2 * margin) / points.height),
  )
  return { scale, left: (width - scale) / 2, top: (height - scale) / 2 }
}

/** Zooms by a factor; what is at the spot stays there. */
export function zoomed(view: MapView, factor: number, at: Spot, whole: MapView): MapView {
  const scale = Math.min(whole.scale * mostZoom, Math.max(whole.scale / 2, view.scale * factor))
  const by = scale / view.scale
  return { scale, left: at.x - (at.x - view.left) * by, top: at.y - (at.y - view.top) * by }
}

/** Whether a spot lies inside of a closed line (even-odd rule). */
export function isInside(line: readonly Spot[], x: number, y: number): boolean {
  let inside = false
  for (let i = 0, j = line.length - 1; i < line.length; j = i, i += 1) {
    const [a, b] = [line[i]!, line[j]!]
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside
  }
  return inside
}

/** The indices of all points inside of a line on the canvas. */
export function indicesInside({ x, y }: MapPoints, view: MapView, line: readonly Spot[]): number[] {
  const indices: number[] = []
  for (let i = 0; i < x.length; i += 1)
    if (isInside(line, x[i]! * view.scale + view.left, y[i]! * view.scale + view.top)) indices.push(i)
  return indices
}

/** The point nearest to a spot on the canvas, at most `reach` pixels away; −1: none. */
export function pointAt({ x, y }: MapPoints, view: MapView, at: Spot, reach: number): number {
  let [found, least] = [-1, reach ** 2]
  for (let i = 0; i < x.length; i += 1) {
    const distance =
      (x[i]! * view.scale + view.left - at.x) ** 2 + (y[i]! * view.scale + view.top - at.y) ** 2
    if (distance <= least) [found, least] = [i, distance]
  }
  return found
}

/** The nearest point in a direction: within 45° of it, or the point itself where there is none. */
export function pointTowards({ x, y }: MapPoints, from: number, direction: Spot): number {
  let [found, least] = [from, Infinity]
  for (let i = 0; i < x.length; i += 1) {
    const [dx, dy] = [x[i]! - x[from]!, y[i]! - y[from]!]
    const along = dx * direction.x + dy * direction.y
    const aside = Math.abs(dx * direction.y - dy * direction.x)
    if (along <= 0 || aside > along) continue
    const distance = dx ** 2 + dy ** 2
    if (distance < least) [found, least] = [i, distance]
  }
  return found
}

/** Places to show photos at: in view, none nearer to another than `gap` pixels; what comes first in `order` is preferred. */
export function roomForPhotos(
  { x, y }: MapPoints,
  view: MapView,
  size: { width: number; height: number },
  { order, gap, most }: { order: Iterable<number>; gap: number; most: number },
): number[] {
  const taken: Spot[] = []
  const indices: number[] = []
  for (const i of order) {
    const spot = { x: x[i]! * view.scale + view.left, y: y[i]! * view.scale + view.top }
    if (
      spot.x < gap / 2 ||
      spot.y < gap / 2 ||
      spot.x > size.width - gap / 2 ||
      spot.y > size.height - gap / 2
    )
      continue
    if (taken.some((it) => Math.abs(it.x - spot.x) < gap && Math.abs(it.y - spot.y) < gap)) continue
    taken.push(spot)
    indices.push(i)
    if (indices.length === most) break
  }
  return indices
}
