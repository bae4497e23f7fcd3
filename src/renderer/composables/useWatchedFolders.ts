import { computed, onScopeDispose, ref, watch } from 'vue'
import { useApi } from '../api.ts'
import { useDatasets } from '../stores/datasets.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'

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
  const messages = useMessages()
  /** The dataset of which something changed. */
  const stale = ref<string>()
  const isBusy = computed(() => jobs.underWay('scan', 'file', 'undo').length > 0)
  let controller = new AbortController()

  watch(
    [dataset, () => sources().join('\n'), isBusy] as const,
    async ([id, , busy]) => {
      controller.abort()
      const own = new AbortController()
      controller = own
      stale.value = undefined
      if (id === undefined || busy) return
      await api
        .call(
          'datasets.watch',
          { dataset: id },
          { signal: own.signal, onProgress: () => !own.signal.aborted && (stale.value = id) },
        )
        // It ends with the room, or with the engine, which tells of itself.
        .catch(() => undefined)
    },
    { immediate: true },
  )
  onScopeDispose(() => controller.abort())

  watch(stale, async (id) => {
    if (id === undefined) return
    stale.value = undefined
    try {
      await datasets.reload()
      // A folder that is gone is waited for; nothing of it is forgotten.
      if (!datasets.all.find((it) => it.id === id)?.present) return
      const { name } = datasets.all.find((it) => it.id === id)!
      await jobs.start('scan', { dataset: id }, name)
    } catch (failure) {
      messages.failed(failure)
    }
  })
}
