import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useApi } from '../api.ts'
import { useLoaded } from './loaded.ts'

/** Weights at hand, and those that a click would fetch. */
export const useModels = defineStore('models', () => {
  const api = useApi()
  const { loaded, reload } = useLoaded(() => api.call('models.list', {}))
  api.on('models.changed', () => void reload())

  const weights = computed(() => (loaded.value.state === 'ready' ? loaded.value.value.weights : []))
  const offers = computed(() => (loaded.value.state === 'ready' ? loaded.value.value.offers : []))
  /** Published networks that can answer. */
  const usable = computed(() => weights.value.filter(({ network, present }) => network !== null && present))
  return { loaded, weights, usable, offers, reload }
})
