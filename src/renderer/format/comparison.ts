/** How a comparison of runs is put into words and rows. */
import type { Comparison, Difference } from '../../shared/api/compare.ts'

/** A letter a run, as its mark. */
export const markOf = (index: number): string => String.fromCharCode(65 + index)

/** What a setting is, short: objects by their values. */
export function shortSetting(value: Difference): string {
  if (value === null) return '–'
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 8) : value
  if (typeof value === 'object') return JSON.stringify(value).replace(/["{}]/g, '').replace(/,/g, ', ')
  return String(value)
}

/** From this p on a difference may well be chance. */
const level = 0.05

/** Which of a pair is better beyond chance; undefined if neither is. */
export function betterOf({ a, b, onlyA, onlyB, adjusted }: Comparison['pairs'][number]): string | undefined {
  if (adjusted >= level || onlyA === onlyB) return undefined
  return onlyA > onlyB ? a : b
}

/** "p = .031", "p < .001" without the letter. */
export const shortP = (p: number): string =>
  p < 0.001
    ? '< .001'
    : p
        .toFixed(3)
        .replace(/^0/, '')
        .replace(/^1\.000$/, '1')
