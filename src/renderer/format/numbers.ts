import { compact, scientific } from '../../shared/compact.ts'
import type { Language } from '../../shared/language.ts'
import type { Shape } from '../../shared/model/layers.ts'

export { compact }

/** Between a number and its unit: narrow, and never the end of a line. */
export const thin = '\u202f'

const group = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 134,268,738 */
export const count = (value: number): string => group.format(value)

/** Shares, losses and the like: .961, 1.000, 2.31; Korean keeps the zero before the point: 0.961. */
export function decimal(value: number, digits = value < 10 ? 3 : 1, language: Language = 'en'): string {
  if (!Number.isFinite(value)) return '–'
  const text = value.toFixed(digits)
  return language === 'ko' ? text : text.replace(/^(-?)0\./, '$1.')
}

/** Photos a second: 5.6, 36.6, 1,978 */
export const speed = (value: number, language?: Language): string =>
  value < 100 ? decimal(value, 1, language) : count(value)

/** Learning rates as people write them: 1e-4, 2.5e-3; .1 and above plainly. */
export function rate(value: number, language?: Language): string {
  if (value === 0) return '0'
  if (value >= 0.1) return decimal(value, 6, language).replace(/\.?0+$/, '')
  return scientific(value, 2)
}

/** A rate as a person types it: "1e-4", ".0001", "5e-4". Undefined if it is none. */
export function parseRate(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) && value > 0 && value <= 100 ? value : undefined
}

/** 89.0%, .88%, <.01%, 100% */
export function percent(share: number, language: Language = 'en'): string {
  const value = share * 100
  if (value === 0) return '0%'
  if (value < 0.01) return language === 'ko' ? '<0.01%' : '<.01%'
  if (value >= 99.95) return '100%'
  return `${decimal(value, value >= 1 ? 1 : 2, language)}%`
}

/** How often of a hundred times: 95, 99.5. */
export const ofHundred = (share: number): string => String(Math.round(share * 1000) / 10)

/** Between the two ends of a range: .917–.982, 0.917~0.982. */
export const rangeSign = (language: Language = 'en'): string => (language === 'ko' ? '~' : '–')

/** Two ends of an interval: .917–.982, 0.917~0.982. */
export const range = ([low, high]: readonly [number, number], language?: Language): string =>
  [low, high].map((value) => decimal(value, undefined, language)).join(rangeSign(language))

/** 512 × 7 × 7 */
export const shape = (of: Shape | readonly number[]): string => of.map(count).join(' × ')

const steps = ['B', 'kB', 'MB', 'GB', 'TB']

/** 1.9 GB, 600 MB, in powers of 1,000; Korean writes the unit at once: 1.9GB. */
export function bytes(value: number, language: Language = 'en'): string {
  let at = 0
  let rest = value
  while (rest >= 999.5 && at < steps.length - 1) {
    rest /= 1000
    at += 1
  }
  return `${at === 0 || rest >= 9.95 ? Math.round(rest) : rest.toFixed(1)}${language === 'ko' ? '' : thin}${steps[at]!}`
}

export const mebibytes = (value: number, language?: Language): string => bytes(value * 2 ** 20, language)
