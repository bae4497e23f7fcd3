import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useApi } from '../api.ts'
import { detailOf } from '../../shared/api/jobs.ts'
import { useJobs } from './jobs.ts'
import { useLoaded } from './loaded.ts'

/** The runs that are there, and which one is trained: of that the list of jobs knows. */
export const useRuns = defineStore('runs', () => {
  const api = useApi()
  const jobs = useJobs()
  const { loaded, reload } = useLoaded(() => api.call('runs.list', {}))

  api.on('runs.changed', () => void reload())
  api.on('run.state', () => void reload())

  const all = computed(() => (loaded.value.state === 'ready' ? loaded.value.value.runs : []))
  const damaged = computed(() => (loaded.value.state === 'ready' ? loaded.value.value.damaged : []))

  /** Whether a run that was there is none of them any more: it was thrown away, here or elsewhere. */
  const isGone = (run: string): boolean =>
    loaded.value.state === 'ready' &&
    all.value.every(({ id }) => id !== run) &&
    damaged.value.every(({ folder }) => !folder.endsWith(run))

  /** Names as they were told last, of runs that are gone too. */
  const names = shallowRef<ReadonlyMap<string, string>>(new Map())
  watch(
    all,
    (runs) => (names.value = new Map([...names.value, ...runs.map((it) => [it.id, it.name] as const)])),
  )

  /** Those that can answer. */
  const usable = computed(() => all.value.filter(({ best, state }) => best && state !== 'running'))

  /** The run that is trained now, with its job, once it has a folder. */
  const trained = computed(() => {
    const job = jobs.training
    const { run, stops: ending } = detailOf(job)
    if (!job || run === undefined) return undefined
    const stops = ending === 1
    return { run, job: job.id, state: job.paused ? ('paused' as const) : ('running' as const), stops }
  })
  const training = computed(() => all.value.find(({ id }) => id === trained.value?.run))
  return {
    loaded,
    all,
    usable,
    damaged,
    isGone,
    nameOf: (run: string) => names.value.get(run),
    trained,
    training,
    reload,
  }
})
