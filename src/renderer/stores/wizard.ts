import { watchDebounced } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Contract } from '../../shared/contract.ts'
import { freezeStates } from '../../shared/model/planEdit.ts'
import type { Output } from '../../shared/rpc.ts'
import { useApi } from '../api.ts'
import { useTask } from '../composables/useTask.ts'
import type { MessageKey } from '../i18n/index.ts'
import { useDraft } from './draft.ts'
import { useModels } from './models.ts'
import type { WizardStep } from './wizardSteps.ts'

/** Milliseconds of rest before what was changed is checked. */
const rest = 200

/** What keeps a person from going on, by step: a text, or nothing. */
export const useWizard = defineStore('wizard', () => {
  const api = useApi()
  const draft = useDraft()
  const models = useModels()

  /** The step that a person went away from, and comes back to. */
  const left = ref<WizardStep>()

  const checking = useTask<Output<Contract, 'train.check'>>({ outlives: true })
  /** Asks the engine whether the run could begin: of files and their tensors it alone knows. Comes back when it has answered. */
  async function check(): Promise<void> {
    const { dataset, runConfig: config } = draft
    if (!dataset || models.loaded.state !== 'ready' || isWithoutWeights.value) checking.clear()
    else await checking.run(() => api.call('train.check', { config, classes: dataset.classes.length }))
  }
  const isWithoutWeights = computed(
    () => models.loaded.state === 'ready' && draft.fitting.length === 0 && draft.weights === null,
  )
  /** Files change too: each list of what is at hand is a new one. */
  watchDebounced(
    () => [draft.dataset?.classes.length, draft.runConfig, models.weights] as const,
    () => void check(),
    {
      debounce: rest,
      immediate: true,
    },
  )

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
    const isSettings = checking.error.value?.code === 'config.invalid'
    const network: MessageKey | undefined = isWithoutWeights.value
      ? 'train.noWeights'
      : checking.error.value && !isSettings
        ? 'train.weightsUnusable'
        : undefined
    const layers: MessageKey | undefined = stageStates.value.includes('frozen')
      ? 'train.nothingLearns'
      : undefined
    return {
      ...(photos && { photos }),
      ...(network && { network }),
      ...(layers && { layers }),
      ...(isSettings && { settings: 'train.settingsUnusable' }),
    }
  })

  /** What is to be known of the weight file although the run could begin with it. */
  const notes = computed(() => checking.value.value?.notes ?? [])

  return { problems, left, check, failure: checking.error, notes }
})
