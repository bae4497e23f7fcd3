import { computed } from 'vue'
import { resolvePlan } from '../../shared/model/plan.ts'
import { useText } from '../i18n/index.ts'
import { count } from '../format/numbers.ts'
import { useDraft } from '../stores/draft.ts'
import { useWizard } from '../stores/wizard.ts'

/** "You train 8,194 of 134,268,738 parameters" */
export function usePlanSentence() {
  const { t } = useText()
  const store = useDraft()
  const wizard = useWizard()
  return computed(() => {
    if (wizard.problems.layers) return t('layers.sentenceNone')
    const stages = store.reached.map(({ plan }) => resolvePlan(store.network, plan))
    const [first, last] = [stages[0]!, stages.at(-1)!]
    const numbers = { learns: count(first.learns), total: count(first.total), last: count(last.learns) }
    return t(first.learns === last.learns ? 'layers.sentence' : 'layers.sentenceStages', numbers)
  })
}
