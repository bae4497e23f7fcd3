import { useText } from '../i18n/index.ts'
import type { Chosen } from './useAnswers.ts'
import { useFormat } from './useFormat.ts'
import { useSliceWords } from './useSliceWords.ts'

/** What a chosen list of answered photos is, in words. */
export function useChosenWords() {
  const { t } = useText()
  const { decimal, count } = useFormat()
  const sliceWords = useSliceWords()
  return ({ filter, order }: Chosen, classes: readonly string[], n: number): string => {
    const nameOf = (index: number) => classes[index] ?? String(index)
    const { truth, answer, right, certainty, slice, changed } = filter
    if (truth !== undefined && answer !== undefined)
      return t('loop.cellOf', { truth: nameOf(truth), said: nameOf(answer), n })
    const what = [
      truth !== undefined && t('loop.thatShow', { name: nameOf(truth) }),
      answer !== undefined && t('loop.thatSaid', { name: nameOf(answer) }),
      certainty && t('loop.between', { from: decimal(certainty[0], 2), to: decimal(certainty[1], 2) }),
      slice && sliceWords(slice),
      right !== undefined && t(right ? 'loop.onlyRight' : 'loop.onlyWrong'),
      changed && t('loop.changed'),
      !certainty && order !== 'path' && t(`loop.by_${order}`),
    ].filter((it) => typeof it === 'string')
    return [t('loop.photosCount', { n, count: count(n) }), ...what].join(' · ')
  }
}
