import { computed } from 'vue'
import { resolvePlan } from '../../shared/model/plan.ts'
import { freezeStates } from '../../shared/model/planEdit.ts'
import { partsOf } from '../../shared/model/planTree.ts'
import { useText } from '../i18n/index.ts'
import { isolate } from '../i18n/isolate.ts'
import { useDraft } from '../stores/draft.ts'
import { useFormat } from './useFormat.ts'
import { useLayerWords } from './useLayerWords.ts'

/** Names of classes are written out up to here. */
const mostNames = 4

/** What will happen, in a paragraph, with the parts of it that the summary shows again. */
export function useReviewText() {
  const { t, language } = useText()
  const { count, rate } = useFormat()
  const words = useLayerWords()
  const store = useDraft()

  const photos = computed(() => {
    const sum = (numbers: readonly number[] = []) => numbers.reduce((a, b) => a + b, 0)
    return { train: sum(store.dataset?.train), val: sum(store.dataset?.val) }
  })
  const classes = computed(() => {
    const names = store.dataset?.classes ?? []
    if (names.length > mostNames)
      return t('train.manyClasses', { n: names.length, count: count(names.length) })
    return new Intl.ListFormat(language(), { type: 'conjunction' }).format(names.map((name) => isolate(name)))
  })
  const plan = computed(() => resolvePlan(store.network, store.draft.stages[0]!.plan))
  const lastPlan = computed(() => resolvePlan(store.network, store.reached.at(-1)!.plan))

  /** The parts that never learn, as one phrase; empty if there are none. */
  const frozenParts = computed(() => {
    const states = freezeStates(store.network, store.reached.at(-1)!.plan)
    return partsOf(store.network).filter(({ id }) => states.get(id)?.state === 'frozen')
  })
  const frozen = computed(() => words.span(frozenParts.value))
  const slowestAndFastest = computed(() => {
    const all = lastPlan.value.groups.map((group) => group.learningRate).toSorted((a, b) => a - b)
    // A hyphen that does not end a line: "1e-2" stays whole in the paragraph.
    const [low, high] = [all[0]!, all.at(-1)!].map((it) => rate(it).replace('-', '\u2011'))
    return { low: low!, high: high! }
  })
  /** As a phrase of the paragraph, and bare for beside a label. */
  const rates = computed(() => {
    const { low, high } = slowestAndFastest.value
    return low === high ? t('train.reviewRate', { rate: low }) : t('train.reviewRates', { low, high })
  })
  const bareRates = computed(() => [...new Set(Object.values(slowestAndFastest.value))].join(' – '))

  const paragraph = computed(() => {
    const { epochs } = store.draft.config
    const stages = store.reached
    const tooLate = store.draft.stages[stages.length]
    return [
      t('train.reviewSentence', {
        learns: count(lastPlan.value.learns),
        total: count(lastPlan.value.total),
        network: store.network.title,
        photos: t('train.reviewPhotos', { n: photos.value.train, count: count(photos.value.train) }),
        classes: classes.value,
        epochs:
          epochs === 0
            ? t('train.reviewNoEpochs')
            : t('train.reviewEpochs', { n: epochs, count: count(epochs) }),
      }),
      frozen.value
        ? t('train.reviewFrozen', { n: frozenParts.value.length, parts: frozen.value, rates: rates.value })
        : t('train.reviewAll', { rates: rates.value }),
      stages.length > 1 ? t('train.reviewStages', { epoch: stages.at(-1)!.epoch }) : '',
      tooLate ? t('layers.stageTooLate', { epoch: tooLate.epoch, epochs }) : '',
      t('train.reviewCheck', { count: count(photos.value.val) }),
    ]
      .filter(Boolean)
      .join(' ')
  })

  return { photos, classes, plan, frozen, bareRates, paragraph }
}
