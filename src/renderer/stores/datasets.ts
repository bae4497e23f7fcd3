import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useApi } from '../api.ts'
import { useLoaded } from './loaded.ts'

/** The folders of photos that were added. */
export const useDatasets = defineStore('datasets', () => {
  const api = useApi()
  const { loaded, reload } = useLoaded(async () => (await api.call('datasets.list', {})).datasets)
  api.on('datasets.changed', () => void reload())

  const all = computed(() => (loaded.value.state === 'ready' ? loaded.value.value : []))
  return { loaded, all, reload }
})
