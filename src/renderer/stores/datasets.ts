import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import { useApi } from '../api.ts'
import { useLoaded } from './loaded.ts'

/** Files of a dataset's folder that are not used: unreadable ones, pictures that are no photos, and photos that a person left out. */
export const unusedOf = ({ unreadable, otherPictures, leftOut }: DatasetSummary): number =>
  unreadable + otherPictures + leftOut

/** The folders of photos that were added. */
export const useDatasets = defineStore('datasets', () => {
  const api = useApi()
  const { loaded, reload } = useLoaded(async () => (await api.call('datasets.list', {})).datasets)
  api.on('datasets.changed', () => void reload())

  const all = computed(() => (loaded.value.state === 'ready' ? loaded.value.value : []))
  return { loaded, all, reload }
})
