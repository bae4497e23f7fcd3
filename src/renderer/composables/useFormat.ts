import { useText } from '../i18n/index.ts'
import * as numbers from '../format/numbers.ts'
import { clock, dateTime, duration } from '../format/times.ts'

/** Numbers and times in the person's language. */
export function useFormat() {
  const { language } = useText()
  return {
    ...numbers,
    duration: (seconds: number) => duration(seconds, language()),
    clock: (when: Date) => clock(when, language()),
    dateTime: (when: Date | string) => dateTime(new Date(when), language()),
  }
}
