import { defineStore } from 'pinia'
import { computed } from 'vue'
import { freezeStates } from '../../shared/model/planEdit.ts'
import type { MessageKey } from '../i18n/index.ts'
import { useDraft } from './draft.ts'
import { useModels } from './models.ts'
import type { WizardStep } from './wizardSteps.ts'

/** What keeps a person from going on, by step: a text, or nothing. */
export const useWizard = defineStore('wizard', () => {
  const draft = useDraft()
  const models = useModels()

  const stageStates = computed(() =>
    draft.draft.stages.map(({ plan }) => freezeStates(draft.network, plan).get('')!.state),
  )

  const problems = computed((): Partial<Record<WizardStep, MessageKey>> => {
    const { dataset } = draft
    const photos: MessageKey | undefined = !dataset
      ? 'train.noDataset'
      : !dataset.present
        ? 'train.datasetGone'
        : dataset.problem
          ? 'train.datasetProblem'
          : undefined
    const network: MessageKey | undefined =
      models.loaded.state === 'ready' && draft.fitting.length === 0 && draft.weights === null
        ? 'train.noWeights'
        : undefined
    const layers: MessageKey | undefined = stageStates.value.includes('frozen')
      ? 'train.nothingLearns'
      : undefined
    return {
      ...(photos && { photos }),
      ...(network && { network }),
      ...(layers && { layers }),
    }
  })

  return { problems }
})
