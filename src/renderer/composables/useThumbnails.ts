import { computed, onUnmounted, shallowRef, watch } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import { isEnded, useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'
import { useTask } from './useTask.ts'
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
  const jobs = useJobs()
  const messages = useMessages()
  const runs = useRuns()
  const { run } = useTask({ outlives: true })
  const id = shallowRef<string>()
  const isSpoken = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const work = computed((): Work | undefined => {
    const job = id.value === undefined ? undefined : jobs.byId.get(id.value)
    if (!job || isEnded(job) || !job.progress || !isSpoken.value) return undefined
    return { ...job.progress, stop }
  })

  /** Ends what is made for a dataset that is not in view any more. */
  function stop(): void {
    clearTimeout(timer)
    const former = id.value
    id.value = undefined
    isSpoken.value = false
    if (former !== undefined && !isEnded(jobs.byId.get(former) ?? { state: 'done' }))
      void jobs.cancel(former).catch(messages.failed)
  }

  async function make({ id: shown }: DatasetSummary): Promise<void> {
    timer = setTimeout(() => (isSpoken.value = true), unspoken)
    await run(async () => {
      const own = await jobs.start('thumbnails', { dataset: shown, size })
      id.value = own
      await jobs.result('thumbnails', own).catch((failure: unknown) => {
        // A folder that goes meanwhile is told of by the dataset itself.
        if (id.value === own && dataset()?.present) messages.failed(failure)
      })
    })
  }

  watch(
    () => [dataset()?.id, dataset()?.scanned],
    () => {
      stop()
      const shown = dataset()
      const photos = shown ? [...shown.train, ...shown.val].reduce((a, b) => a + b, 0) : 0
      if (shown?.present && !runs.trained && photos > 0 && photos <= mostAtOnce) void make(shown)
    },
    { immediate: true },
  )
  onUnmounted(stop)

  return { work }
}
