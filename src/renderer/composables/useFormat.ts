import { useText } from '../i18n/index.ts'
import * as numbers from '../format/numbers.ts'
import { clock, dateTime, duration } from '../format/times.ts'

/** Numbers and times in the person's language. */
export function useFormat() {
  const { language } = useText()
  return {
    ...numbers,
    decimal: (value: number, digits?: number) => numbers.decimal(value, digits, language()),
    compact: (value: number) => numbers.compact(value, language()),
    speed: (value: number) => numbers.speed(value, language()),
    rate: (value: number) => numbers.rate(value, language()),
    percent: (share: number) => numbers.percent(share, language()),
    range: (ends: readonly [number, number]) => numbers.range(ends, language()),
    rangeSign: () => numbers.rangeSign(language()),
    bytes: (value: number) => numbers.bytes(value, language()),
    mebibytes: (value: number) => numbers.mebibytes(value, language()),
    duration: (seconds: number) => duration(seconds, language()),
    clock: (when: Date) => clock(when, language()),
    dateTime: (when: Date | string) => dateTime(new Date(when), language()),
  }
}
