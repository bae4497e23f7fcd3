import { computed, shallowRef, watch } from 'vue'
import { useApi } from '../api.ts'
import { useRunLoop } from '../stores/runLoop.ts'
import { useJobTask } from './useTask.ts'

/** Where a run's photos were taken off the list of datasets: a way to have them, and with them what was decided about them, back. */
export function useDatasetBack(run: () => string) {
  const api = useApi()
  const loop = useRunLoop()
  const scanning = useJobTask('scan', { tell: true })
  /** undefined: not known yet, or a list, which itself is not told by a run. */
  const folder = shallowRef<string>()
  const isGone = computed(() => loop.evaluation?.dataset === null)

  watch(
    [run, isGone],
    async ([id, gone]) => {
      folder.value = undefined
      if (!gone) return
      const found = await api.call('runs.get', { run: id }).catch(() => undefined)
      if (id === run() && found && found.dataset.layout !== 'list') folder.value = found.dataset.folder
    },
    { immediate: true },
  )

  return {
    isGone,
    scanning,
    canBringBack: computed(() => folder.value !== undefined),
    bringBack: async () => {
      if (folder.value !== undefined) await scanning.start({ folder: folder.value })
    },
  }
}
