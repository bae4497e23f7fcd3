import { computed, ref } from 'vue'
import type { Reviewed } from '../../shared/api/classify.ts'
import { useText } from '../i18n/index.ts'
import { useClassify } from '../stores/classify.ts'
import { useClassNames } from './useClassNames.ts'

/** Classes that get a view of their own before the rest is only found under All. */
const mostClasses = 4
const others = ['unsure', 'stranger', 'unreadable', 'none'] as const

/** Views of the answers: all, the most frequent classes, and what is left to a person, each with its count. */
export function useAnswerFilters() {
  const { t } = useText()
  const { nameOfAnswer } = useClassNames()
  const store = useClassify()
  const filter = ref('all')

  /** `class NAME`, or the verdict of what is not answered. */
  const kindOf = (one: Reviewed): string => (one.answer === null ? one.verdict : `class ${nameOfAnswer(one)}`)

  const counts = computed(() => {
    const found = new Map<string, number>()
    for (const answer of store.answers) {
      const kind = kindOf(answer)
      found.set(kind, (found.get(kind) ?? 0) + 1)
    }
    return found
  })
  const filters = computed(() => {
    const classes = [...counts.value]
      .filter(([kind]) => kind.startsWith('class '))
      .toSorted((a, b) => b[1] - a[1])
    return [
      { value: 'all', text: t('classify.all'), count: store.answers.length },
      ...classes
        .slice(0, mostClasses)
        .map(([kind, n]) => ({ value: kind, text: kind.slice('class '.length), count: n })),
      ...others
        .filter((kind) => counts.value.has(kind))
        .map((kind) => ({ value: kind, text: t(`classify.${kind}`), count: counts.value.get(kind)! })),
    ]
  })
  const shown = computed(() =>
    filter.value === 'all' ? store.answers : store.answers.filter((one) => kindOf(one) === filter.value),
  )

  return { filter, filters, shown }
}
