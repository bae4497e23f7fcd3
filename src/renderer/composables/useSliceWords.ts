import type { SliceScore } from '../../shared/evaluation/slices.ts'
import { rangeOfSlice } from '../../shared/evaluation/slices.ts'
import { useText } from '../i18n/index.ts'
import { useFormat } from './useFormat.ts'

/** Of ranges: under an end, between two, from one on. */
const words = {
  iso: ['loop.isoUnder', 'loop.isoBetween', 'loop.isoFrom'],
  size: ['loop.sizeUnder', 'loop.sizeBetween', 'loop.sizeFrom'],
} as const

/** What a slice is called. */
export function useSliceWords() {
  const { t } = useText()
  const { count } = useFormat()
  return ({ by, value }: Pick<SliceScore, 'by' | 'value'>): string => {
    if (by === 'camera') return value
    if (by === 'group') return t('loop.sliceGroup', { group: value.slice(0, 8) })
    const [from, to] = rangeOfSlice(by, value)
    if (by === 'hour') return t('loop.sliceHour', { from, to: to ?? 24 })
    const ends = { from: count(from), to: count(to ?? 0) }
    const [under, between, above] = words[by]
    return t(to === null ? above : from === 0 ? under : between, ends)
  }
}
