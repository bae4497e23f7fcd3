import { compact } from '../../../shared/compact.ts'
import type { Language } from '../../../shared/language.ts'

/** A line of a chart: a value an epoch. */
export interface Line {
  name: string
  /** Class of its stroke in the style sheet. */
  style: 'train' | 'val'
  points: readonly { epoch: number; value: number }[]
}

const width = 460
const height = 200
const left = 44
const right = 12
const top = 10
const bottom = 24

/** There is no room for longer numbers beside the chart. */
const longest = 1e5

/** Digits that tell values of this size apart. */
function told(value: number, language: Language): string {
  if (Math.abs(value) >= longest) return compact(value, language)
  return Math.abs(value) >= 10 ? value.toFixed(0) : value.toFixed(2)
}

/** An inline SVG of values over the epochs; its title says what it shows. `title` and names hold no markup. */
export function lineChart(title: string, lines: readonly Line[], language: Language): string {
  const points = lines.flatMap((line) => line.points)
  if (points.length === 0) return ''
  const epochs = points.map(({ epoch }) => epoch)
  const values = points.map(({ value }) => value)
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const x = (epoch: number) => left + ((width - left - right) * (epoch - first)) / Math.max(1, last - first)
  const y = (value: number) =>
    top + (height - top - bottom) * (1 - (value - low) / Math.max(high - low, Number.MIN_VALUE))
  const point = (it: { epoch: number; value: number }) =>
    `${x(it.epoch).toFixed(1)},${y(it.value).toFixed(1)}`
  const levels = high > low ? [low, (low + high) / 2, high] : [low]
  const grid = levels.map(
    (value) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>` +
      `<text x="${left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${told(value, language)}</text>`,
  )
  const drawn = lines.map(
    ({ style, points: its }) =>
      `<polyline class="${style}" points="${its.map(point).join(' ')}"/>` +
      its
        .map(
          (it) =>
            `<circle class="${style}" r="2.5" cx="${x(it.epoch).toFixed(1)}" cy="${y(it.value).toFixed(1)}"/>`,
        )
        .join(''),
  )
  const ends = [...new Set([first, last])].map(
    (epoch) => `<text x="${x(epoch).toFixed(1)}" y="${height - 6}" text-anchor="middle">${epoch}</text>`,
  )
  return `<svg role="img" viewBox="0 0 ${width} ${height}"><title>${title}</title>${[...grid, ...drawn, ...ends].join('')}</svg>`
}
