import { ArrowLeftRight, CircleAlert, CircleCheck, CircleHelp, Images, TrendingDown } from '@lucide/vue'
import { computed } from 'vue'
import type { Component } from 'vue'
import type { Evaluation } from '../../shared/api/evaluation.ts'
import type { MessageKey } from '../i18n/index.ts'
import type { Chosen } from './useAnswers.ts'

interface Gallery {
  name: string
  text: MessageKey
  icon: Component
  chosen: Chosen
  /** Where it is known without looking. */
  photos?: number
}

/** The galleries of a run's answers: each a filter and an order. */
export function useGalleries(evaluation: () => Evaluation) {
  return computed((): Gallery[] => {
    const { report, hasHistory } = evaluation()
    const wrong = report.total - report.correct
    const usual: Gallery[] = [
      {
        name: 'surest',
        text: 'loop.surest',
        icon: CircleAlert,
        chosen: { filter: { right: false }, order: 'surest' },
        photos: wrong,
      },
      { name: 'unsure', text: 'loop.unsure', icon: CircleHelp, chosen: { filter: {}, order: 'unsure' } },
    ]
    const ofHistory: Gallery[] = [
      { name: 'hardest', text: 'loop.hardest', icon: TrendingDown, chosen: { filter: {}, order: 'hardest' } },
      {
        name: 'changed',
        text: 'loop.changed',
        icon: ArrowLeftRight,
        chosen: { filter: { changed: true }, order: 'hardest' },
      },
    ]
    return [
      ...usual,
      ...(hasHistory ? ofHistory : []),
      {
        name: 'right',
        text: 'loop.rightAndSure',
        icon: CircleCheck,
        chosen: { filter: { right: true }, order: 'surest' },
        photos: report.correct,
      },
      {
        name: 'all',
        text: 'loop.all',
        icon: Images,
        chosen: { filter: {}, order: 'path' },
        photos: report.total,
      },
    ]
  })
}
