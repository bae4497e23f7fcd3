import { computed, shallowRef, watch } from 'vue'
import { useApi } from '../api.ts'
import { useRunLoop } from '../stores/runLoop.ts'
import { useJobTask } from './useTask.ts'

/** Where a run's photos were taken off the list of datasets: a way to have them, and with them what was decided about them, back. */
export function useDatasetBack(run: () => string) {
  const api = useApi()
  const loop = useRunLoop()
  const scanning = useJobTask('scan', { tell: true })
  /** undefined: not known yet, or a list, which runs of before do not tell. */
  const place = shallowRef<string>()
  /** The folder that is being looked at: the page may show another run by then. */
  const scanned = shallowRef<string>()
  const isGone = computed(() => loop.evaluation?.dataset === null)

  watch(
    [run, isGone],
    async ([id, gone]) => {
      place.value = undefined
      if (!gone) return
      const found = await api.call('runs.get', { run: id }).catch(() => undefined)
      if (id === run()) place.value = found?.dataset.place ?? undefined
    },
    { immediate: true },
  )

  return {
    isGone,
    scanning: {
      ...scanning,
      isRunning: computed(() => scanning.isRunning.value && scanned.value === place.value),
    },
    canBringBack: computed(() => place.value !== undefined),
    bringBack: async () => {
      if (place.value === undefined) return
      scanned.value = place.value
      await scanning.start({ folder: place.value })
    },
  }
}
