import { computed, ref } from 'vue'
import { useText } from '../i18n/index.ts'
import { useClassify } from '../stores/classify.ts'
import { useClassNames } from './useClassNames.ts'

/** Classes that get a view of their own before the rest is only found under All. */
const mostClasses = 4

/** Views of the answers: all, the most frequent classes, the unsure and the unreadable, each with its count. */
export function useAnswerFilters() {
  const { t } = useText()
  const { nameOf } = useClassNames()
  const store = useClassify()
  const filter = ref('all')

  /** `class NAME`, `unsure`, `unreadable`, or nothing yet. */
  const kindOf = (index: number): string => {
    const answer = store.answers.get(index)
    if (!answer) return ''
    if (answer.error) return 'unreadable'
    const [first] = answer.top
    return !first || first.probability < store.unsureBelow ? 'unsure' : `class ${nameOf(first)}`
  }

  const counts = computed(() => {
    const found = new Map<string, number>()
    for (const { index } of store.photos) {
      const kind = kindOf(index)
      found.set(kind, (found.get(kind) ?? 0) + 1)
    }
    return found
  })
  const filters = computed(() => {
    const classes = [...counts.value]
      .filter(([kind]) => kind.startsWith('class '))
      .toSorted((a, b) => b[1] - a[1])
    return [
      { value: 'all', text: t('classify.all'), count: store.photos.length },
      ...classes
        .slice(0, mostClasses)
        .map(([kind, n]) => ({ value: kind, text: kind.slice('class '.length), count: n })),
      ...(['unsure', 'unreadable'] as const)
        .filter((kind) => counts.value.has(kind))
        .map((kind) => ({ value: kind, text: t(`classify.${kind}`), count: counts.value.get(kind)! })),
    ]
  })
  const shown = computed(() =>
    filter.value === 'all'
      ? store.photos
      : store.photos.filter(({ index }) => kindOf(index) === filter.value),
  )

  return { filter, filters, shown }
}
