import { computed, shallowRef, watch } from 'vue'
import type { RetrainedHead } from '../../shared/api/bank.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useMessages } from '../stores/messages.ts'
import { useJobTask } from './useTask.ts'

export interface Cell {
  truth: number
  said: number
}

/** The photos behind a run's figures: what it answers for them, and the loop of mending and learning again. */
export function useRunPhotos(run: () => string) {
  const api = useApi()
  const messages = useMessages()
  const { t } = useText()
  const evaluating = useJobTask('evaluate', { tell: true })
  const retraining = useJobTask('retrainHead', { tell: true })
  const cell = shallowRef<Cell>()
  const dataset = shallowRef<string | null>(null)
  const pictures = shallowRef<ReadonlyMap<string, string | null>>(new Map())
  const retrained = shallowRef<RetrainedHead>()

  /** Fetches the pictures that are not known yet. */
  async function show(photos: readonly string[]): Promise<void> {
    const wanted = photos.filter((photo) => !pictures.value.has(photo))
    if (wanted.length === 0) return
    const id = run()
    try {
      const found = await api.call('runs.pictures', { run: id, photos: wanted })
      if (id !== run()) return
      dataset.value = found.dataset
      pictures.value = new Map([
        ...pictures.value,
        ...wanted.map((photo, i) => [photo, found.pictures[i] ?? null] as const),
      ])
    } catch (failure) {
      messages.failed(failure)
    }
  }

  async function undo(): Promise<void> {
    if (dataset.value === null) return
    try {
      await api.call('datasets.undo', { dataset: dataset.value })
      messages.told(t('runPhotos.undone'))
    } catch (failure) {
      messages.failed(failure)
    }
  }

  type Act = { type: 'label'; classes: string[] } | { type: 'leaveOut'; out: boolean }
  /** Enters an act in the dataset's journal; it can be undone at once, and from its history later. */
  async function decide(photos: string[], act: Act): Promise<void> {
    if (dataset.value === null) return
    try {
      await api.call('datasets.decide', { dataset: dataset.value, photos, act })
      messages.told(t('runPhotos.decided', { n: photos.length }), undo)
    } catch (failure) {
      messages.failed(failure)
    }
  }

  async function retrain(): Promise<void> {
    if (dataset.value === null) return
    const id = run()
    const found = await retraining.start({ run: id, dataset: dataset.value })
    if (found && id === run()) retrained.value = found
  }

  watch(run, () => {
    cell.value = undefined
    dataset.value = null
    pictures.value = new Map()
    retrained.value = undefined
    evaluating.clear()
  })

  return {
    answers: evaluating.value,
    isLooking: evaluating.isRunning,
    progress: computed(() => evaluating.job.value?.progress ?? undefined),
    isRetraining: retraining.isRunning,
    ...{ cell, dataset, pictures, retrained },
    ...{ show, decide, undo, retrain },
    /** Lets the run answer its validation photos, if that has not been done. */
    look: async (chosen?: Cell): Promise<void> => {
      cell.value = chosen
      if (!evaluating.value.value && !evaluating.isRunning.value) await evaluating.start({ run: run() })
    },
  }
}
