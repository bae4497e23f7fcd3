import type { Language } from '../../shared/language.ts'
import { decimal, thin } from './numbers.ts'

const units = {
  en: { hour: `${thin}h`, minute: `${thin}min`, second: `${thin}s` },
  ko: { hour: '시간', minute: '분', second: '초' },
} as const

/** 1 min 10 s; 2 h 5 min; .4 s. Two units at most. */
export function duration(seconds: number, language: Language): string {
  const { hour, minute, second } = units[language]
  if (!Number.isFinite(seconds)) return '–'
  if (seconds < 1) return `${decimal(Math.max(seconds, 0), 1, language)}${second}`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${second}`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return joined(`${minutes}${minute}`, whole % 60, second)
  // Past an hour seconds are noise.
  const rounded = Math.round(whole / 60)
  return joined(`${Math.floor(rounded / 60)}${hour}`, rounded % 60, minute)
}

const joined = (first: string, rest: number, unit: string): string =>
  rest > 0 ? `${first} ${rest}${unit}` : first

const locales = { en: 'en-GB', ko: 'ko-KR' } as const

/** 14:15 */
export const clock = (when: Date, language: Language): string =>
  when.toLocaleTimeString(locales[language], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** 24 Nov 2026, 14:15 */
export const dateTime = (when: Date, language: Language): string =>
  when.toLocaleString(locales[language], {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
