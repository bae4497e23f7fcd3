import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { DatasetRelations } from '../../shared/api/datasets.ts'
import { useApi } from '../api.ts'
import { useJobTask } from '../composables/useTask.ts'
import { isEnded, useJobs } from './jobs.ts'
import { useFeatures } from './features.ts'
import { useDatasets } from './datasets.ts'
import { useMessages } from './messages.ts'
import { usePhotoRoom } from './photoRoom.ts'

/** What is known of how a dataset's photos lie to each other, and the jobs that find it out. */
export const useRelations = defineStore('relations', () => {
  const api = useApi()
  const jobs = useJobs()
  const room = usePhotoRoom()
  const messages = useMessages()
  const datasets = useDatasets()
  const features = useFeatures()
  const known = shallowRef<DatasetRelations>()
  const relating = useJobTask('relate')
  const mapping = useJobTask('map')
  const asking = useJobTask('evaluate')
  const isAsking = ref(false)

  async function refresh(): Promise<void> {
    const dataset = room.dataset
    if (dataset === undefined) return
    const found = await api.call('datasets.relations', { dataset })
    if (dataset === room.dataset) known.value = found
  }
  watch(
    () => [room.dataset, room.version] as const,
    ([dataset], before) => {
      if (dataset !== before?.[0]) known.value = undefined
      void refresh().catch((failure: unknown) => datasets.failed(dataset, failure))
    },
    { immediate: true },
  )

  /** The work under way, whichever window began it. */
  const nearJob = computed(() => jobs.underWay('relate').at(-1))
  const mapJob = computed(() => jobs.underWay('map').at(-1))
  const askJob = computed(() => (isAsking.value ? jobs.underWay('evaluate').at(-1) : undefined))
  watch([nearJob, mapJob], ([near, map], [nearBefore, mapBefore]) => {
    if ((nearBefore && !near) || (mapBefore && !map)) room.version += 1
  })

  /** Has all photos of the open dataset compared. */
  const asked = () => ({ dataset: room.dataset!, model: features.model })
  const relate = (name: string) => relating.start(asked(), name)
  const map = (name: string) => mapping.start(asked(), name)

  /** Asks the newest run about all photos that it learnt from or was judged by. */
  async function askRun(): Promise<void> {
    const run = known.value?.run
    if (!run) return
    isAsking.value = true
    try {
      for (const part of ['val', 'train'] as const)
        if (!run.asked.includes(part)) await asking.start({ run: run.id, part }, run.name)
    } finally {
      isAsking.value = false
      room.version += 1
    }
  }

  async function cancel(): Promise<void> {
    const job = [nearJob.value, mapJob.value, askJob.value].find((it) => it && !isEnded(it))
    if (job) await jobs.cancel(job.id).catch(messages.failed)
  }

  return {
    ...{ known, nearJob, mapJob, askJob, refresh, relate, map, askRun, cancel },
    nearError: relating.error,
    mapError: mapping.error,
    askError: asking.error,
  }
})
