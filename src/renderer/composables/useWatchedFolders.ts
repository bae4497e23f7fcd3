import { computed, ref, watch } from 'vue'
import { useApi } from '../api.ts'
import { useDatasets } from '../stores/datasets.ts'
import { useJobs } from '../stores/jobs.ts'
import { useTask } from './useTask.ts'

/**
 * As long as a dataset is shown its folders are watched: what is added, changed or vanishes on the disk is scanned, as a job. Not while
 * photos are being moved or scanned: what is known of them is half of the truth then, and is compared with the disk afterwards.
 */
export function useWatchedFolders(
  dataset: () => string | undefined,
  /** Its sources: others are watched anew. */
  sources: () => readonly string[],
) {
  const api = useApi()
  const datasets = useDatasets()
  const jobs = useJobs()
  /** The dataset of which something changed. */
  const stale = ref<string>()
  const isBusy = computed(() => jobs.underWay('scan', 'file', 'undo').length > 0)
  // It ends with the room, or with the engine, which tells of itself.
  const watching = useTask()
  const scanning = useTask({ tell: true, outlives: true })

  watch(
    [dataset, () => sources().join('\n'), isBusy] as const,
    ([id, , busy]) => {
      stale.value = undefined
      if (id === undefined || busy) void watching.stop()
      else
        void watching.run(async (signal) => {
          const onProgress = () => !signal.aborted && (stale.value = id)
          await api.call('datasets.watch', { dataset: id }, { signal, onProgress })
        })
    },
    { immediate: true },
  )

  watch(stale, async (id) => {
    if (id === undefined) return
    stale.value = undefined
    await scanning.run(async () => {
      await datasets.reload()
      // A folder that is gone is waited for; nothing of it is forgotten.
      if (!datasets.all.find((it) => it.id === id)?.present) return
      const { name } = datasets.all.find((it) => it.id === id)!
      await jobs.start('scan', { dataset: id }, name)
    })
  })
}
