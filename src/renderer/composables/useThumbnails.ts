import { onUnmounted, shallowRef, watch } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'
import type { Work } from './useAddDataset.ts'

/** Up to here all are made at once, in a minute or two; of more photos only those that are looked at. */
const mostAtOnce = 5000
/** Milliseconds that it may take without being spoken of: they are mostly there already. */
const unspoken = 500
/** Pixels: what the grid shows. */
const size = 192

/**
 * Makes the thumbnails of the dataset in view, so that the grid has them when it is scrolled. While a network is trained only
 * those that are looked at are made: the machine is the training's.
 */
export function useThumbnails(dataset: () => DatasetSummary | undefined) {
  const api = useApi()
  const messages = useMessages()
  const runs = useRuns()
  const work = shallowRef<Work>()
  let current = new AbortController()

  async function make({ id }: DatasetSummary): Promise<void> {
    const controller = new AbortController()
    current = controller
    const begun = Date.now()
    try {
      await api.call(
        'datasets.thumbnails',
        { dataset: id, size },
        {
          signal: controller.signal,
          onProgress: (progress) => {
            if (current === controller && Date.now() - begun > unspoken)
              work.value = { ...progress, stop: () => controller.abort() }
          },
        },
      )
    } catch (failure) {
      // A folder that goes meanwhile is told of by the dataset itself.
      if (current === controller && dataset()?.present) messages.failed(failure)
    } finally {
      if (current === controller) work.value = undefined
    }
  }

  watch(
    () => [dataset()?.id, dataset()?.scanned],
    () => {
      current.abort()
      work.value = undefined
      const shown = dataset()
      const photos = shown ? [...shown.train, ...shown.val].reduce((a, b) => a + b, 0) : 0
      const isIdle = runs.trainer.work === null
      if (shown?.present && isIdle && photos > 0 && photos <= mostAtOnce) void make(shown)
    },
    { immediate: true },
  )
  onUnmounted(() => current.abort())

  return { work }
}
