import type { Point } from '../../format/smooth.ts'

/** The theme has no more colours that can be told apart. */
export const mostLines = 8

/** A line of a chart. */
export interface ChartLine {
  label: string
  /** Number of its colour among the theme's. */
  colour: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
  points: readonly Point[]
  /** `dots`: with a round mark a value; `behind`: thin, without a name, behind the others. */
  look: 'plain' | 'dots' | 'behind'
  /** Pixels drawn and left out in turn, where colours alone should not tell lines apart. */
  dash?: readonly number[]
  /** The label in full, for the pointer and the saved table. */
  full?: string
}

/** Something that happened at an epoch. */
export interface ChartMarker {
  epoch: number
  /** Short, beside its line. */
  sign: string
  /** In words, for the table and for who cannot see the chart. */
  text: string
  /** `tick`: a mark on the axis without its sign, of what there may be at each epoch. Otherwise a line through the plot. */
  look?: 'tick'
}

/**
 * The signs above a plot: those of one place together, and none over another one; the first in order stays.
 * @param signs with the pixels where they begin and end
 */
export function legible<Sign extends { left: number; right: number }>(signs: readonly Sign[]): Sign[] {
  const shown: Sign[] = []
  for (const sign of signs)
    if (shown.every(({ left, right }) => sign.left >= right || sign.right <= left)) shown.push(sign)
  return shown
}

/** Markers by their place; a text that two of them have stands once. */
export function byPlace(markers: readonly ChartMarker[]): { epoch: number; sign: string; text: string }[] {
  const places = Map.groupBy(markers, ({ epoch }) => epoch)
  return [...places].map(([epoch, all]) => ({
    epoch,
    sign: [...new Set(all.map(({ sign }) => sign))].join(' · '),
    text: [...new Set(all.map(({ text }) => text))].join(' · '),
  }))
}

/** Pixels that a number beside a line's end takes. */
const numberWidth = 48
const numberHeight = 14

/** Numbers beside lines' ends, from the top down, each moved below those that it would touch; lines that end elsewhere move none. */
export function parted<End extends { x: number; y: number }>(ends: readonly End[]): End[] {
  const placed: End[] = []
  for (const end of ends.toSorted((a, b) => a.y - b.y)) {
    const near = placed.filter(({ x }) => Math.abs(x - end.x) < numberWidth)
    const lowest = Math.max(-Infinity, ...near.map(({ y }) => y + numberHeight))
    placed.push({ ...end, y: Math.max(end.y, lowest) })
  }
  return placed
}

/** Whether a place of the axis of epochs is written there: halves of epochs are, once one looks at an epoch or two. @param span of what is shown */
export const isEpochTick = (epoch: number, span: number): boolean => Number.isInteger(epoch) || span < 2
