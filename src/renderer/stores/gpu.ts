import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { GpuPack, GpuProgress } from '../../shared/api/gpu.ts'
import { useApi } from '../api.ts'
import { useJobTask, useTask } from '../composables/useTask.ts'
import { detailOf } from '../../shared/api/jobs.ts'
import { isEnded, useJobs } from './jobs.ts'
import { useLoaded } from './loaded.ts'

/** Graphics cards and the GPU pack. An installation is a job: it goes on while other rooms are looked at. */
export const useGpu = defineStore('gpu', () => {
  const api = useApi()
  const jobs = useJobs()
  const { loaded, reload } = useLoaded(() => api.call('gpu.state', {}))
  const installing = useJobTask('gpuPack')
  const removal = useTask<GpuPack>({ outlives: true })
  api.on('gpu.changed', () => void reload())

  /** The installation under way, whichever window began it. */
  const job = computed(() => {
    const own = installing.job.value
    return own && !isEnded(own) ? own : jobs.underWay('gpuPack').at(-1)
  })
  const progress = computed((): GpuProgress | undefined => {
    if (!job.value) return undefined
    const { step = 'looking', package: name = '' } = detailOf(job.value)
    const { done = 0, total = 0 } = job.value.progress ?? {}
    return { step: step as GpuProgress['step'], package: name, received: done, total }
  })

  /** @returns whether it is installed now; what went wrong is in `error` */
  async function install(): Promise<boolean> {
    removal.clear()
    const installed = await installing.start({})
    await reload()
    return installed !== undefined
  }

  async function remove(): Promise<boolean> {
    installing.clear()
    const removed = await removal.run(() => api.call('gpu.remove', {}))
    await reload()
    return removed !== undefined
  }

  return {
    loaded,
    progress,
    error: computed(() => installing.error.value ?? removal.error.value),
    removing: removal.isRunning,
    install,
    remove,
    reload,
    cancel: () => (job.value ? jobs.cancel(job.value.id) : Promise.resolve({})),
  }
})
