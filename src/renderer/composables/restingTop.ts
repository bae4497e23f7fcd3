/** Where a scroll was at a time, milliseconds and pixels. */
export interface ScrollSample {
  at: number
  top: number
}

/** Milliseconds that slowing is measured over: in fewer, the unevenness of frames is more than what is measured. */
export const slowingSpan = 300
/** Milliseconds before it stands still from which on the place is told: before, it would be a guess. */
const horizon = 300
/** Samples that tell a slowing from the unevenness of frames. */
const least = 6

/** The determinant of a matrix of three rows. */
const determinant = ([a, b, c]: number[][]): number =>
  a![0]! * (b![1]! * c![2]! - b![2]! * c![1]!) -
  a![1]! * (b![0]! * c![2]! - b![2]! * c![0]!) +
  a![2]! * (b![0]! * c![1]! - b![1]! * c![0]!)

/** The parabola through points by least squares: its value, slope and curvature at 0. */
function parabola(points: readonly (readonly [x: number, y: number])[]): [number, number, number] {
  const sum = (power: number, of: (y: number) => number = () => 1) =>
    points.reduce((total, [x, y]) => total + x ** power * of(y), 0)
  const rows = [0, 1, 2].map((i) => [sum(i), sum(i + 1), sum(i + 2)])
  const right = [0, 1, 2].map((i) => sum(i, (y) => y))
  const whole = determinant(rows)
  // Cramer's rule: each column in turn is replaced by the right side.
  const solved = (column: number) =>
    determinant(rows.map((row, i) => row.map((it, j) => (j === column ? right[i]! : it)))) / whole
  return [solved(0), solved(1), 2 * solved(2)]
}

/**
 * Where a scroll will come to rest that slows down evenly, from where it was of late, the earliest first; undefined where it does not slow
 * down, or has long to go. One that slows down as a thrown thing in water does goes further: it is to be asked for anew with each frame.
 */
export function restingTop(samples: readonly ScrollSample[]): number | undefined {
  if (samples.length < least) return undefined
  const { at, top } = samples.at(-1)!
  const points = samples.map((it) => [(it.at - at) / slowingSpan, it.top - top] as const)
  const [now, speed, slowing] = parabola(points)
  if (!Number.isFinite(slowing) || speed * slowing >= 0) return undefined
  const left = -speed / slowing
  return left <= horizon / slowingSpan ? top + now + (speed * left) / 2 : undefined
}
