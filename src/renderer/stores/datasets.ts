import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import { plainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useLoaded } from './loaded.ts'
import { useMessages } from './messages.ts'

/** Files of a dataset's folder that are not used: unreadable ones, pictures that are no photos, and photos that a person left out. */
export const unusedOf = ({ unreadable, otherPictures, leftOut }: DatasetSummary): number =>
  unreadable + otherPictures + leftOut

/** The folders of photos that were added. */
export const useDatasets = defineStore('datasets', () => {
  const api = useApi()
  const messages = useMessages()
  const { loaded, reload } = useLoaded(async () => (await api.call('datasets.list', {})).datasets)
  api.on('datasets.changed', () => void reload())

  const all = computed(() => (loaded.value.state === 'ready' ? loaded.value.value : []))
  /** Tells a failure that came of looking at a dataset, unless that has just left the list: that its scan was cancelled is no news. */
  async function failed(dataset: string | undefined, failure: unknown): Promise<void> {
    if (plainError(failure).code === 'not-found') {
      await reload()
      if (!all.value.some(({ id }) => id === dataset)) return
    }
    messages.failed(failure)
  }
  /** Changes as datasets come and go, and by nothing else. */
  const ids = computed(() => all.value.map(({ id }) => id).join(' '))
  return { loaded, all, ids, reload, failed }
})
