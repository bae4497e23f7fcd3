import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Job, JobInput, JobKind, JobResult } from '../../shared/api/jobs.ts'
import { jobKinds } from '../../shared/api/jobs.ts'
import { ThawError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useEngine } from './engine.ts'

export const isEnded = ({ state }: Pick<Job, 'state'>): boolean => state !== 'waiting' && state !== 'running'

/** What it gave, in the form of its kind. */
export const resultOf = <K extends JobKind>(kind: K, { result }: Job): JobResult<K> =>
  jobKinds[kind].result.parse(result) as JobResult<K>

const byPlace = (a: Job, b: Job): number =>
  (a.place ?? 0) - (b.place ?? 0) || a.created.localeCompare(b.created)
const byEnd = (a: Job, b: Job): number => (b.ended ?? '').localeCompare(a.ended ?? '')

/** Long work, of this window and of all others: it goes on whatever becomes of the window. */
export const useJobs = defineStore('jobs', () => {
  const api = useApi()
  const engine = useEngine()
  const byId = shallowRef<ReadonlyMap<string, Job>>(new Map())
  /** Whether the panel is shown. */
  const isOpen = ref(false)
  /** Failures that the person has had in view. */
  const seen = shallowRef<ReadonlySet<string>>(new Set())

  async function reload(): Promise<void> {
    const { jobs } = await api.call('jobs.list', {})
    byId.value = new Map(jobs.map((job) => [job.id, job]))
  }
  watch(
    () => engine.connections,
    // A wire that broke again: the next connection asks anew.
    () => void reload().catch(() => undefined),
    { immediate: true },
  )
  api.on('job.changed', (job) => (byId.value = new Map([...byId.value, [job.id, job]])))
  api.on('jobs.cleared', ({ jobs }) => {
    const gone = new Set(jobs)
    byId.value = new Map([...byId.value].filter(([id]) => !gone.has(id)))
  })

  const all = computed(() => [...byId.value.values()])
  const running = computed(() => all.value.filter(({ state }) => state === 'running').toSorted(byPlace))
  const waiting = computed(() => all.value.filter(({ state }) => state === 'waiting').toSorted(byPlace))
  const ended = computed(() => all.value.filter(isEnded).toSorted(byEnd))
  const failed = computed(() =>
    ended.value.filter(({ state }) => state === 'failed' || state === 'interrupted'),
  )
  const hasNewFailure = computed(() => failed.value.some(({ id }) => !seen.value.has(id)))

  /** The training at work, if there is one. */
  const training = computed(() => running.value.find(({ kind }) => kind === 'train'))

  watch([isOpen, failed], () => {
    if (isOpen.value) seen.value = new Set(failed.value.map(({ id }) => id))
  })

  /** Starts a job. `subject` names what it is about, where the input does not. @throws ThawError rpc.invalid */
  async function start<K extends JobKind>(kind: K, input: JobInput<K>, subject?: string): Promise<string> {
    const given = { kind, ...input, ...(subject !== undefined && { subject }) }
    return (await api.call('jobs.start', given)).job
  }

  /** Waits for its end, however long that takes and whatever becomes of the wire. @throws ThawError its error, or cancelled */
  async function result<K extends JobKind>(kind: K, id: string): Promise<JobResult<K>> {
    const job = await until(id, isEnded)
    if (job.state === 'done') return resultOf(kind, job)
    throw job.error ? new ThawError(job.error.code, job.error.parameters) : new ThawError('cancelled')
  }

  /** Waits until a job is as wanted. */
  function until(id: string, isWanted: (job: Job) => boolean): Promise<Job> {
    return new Promise((resolve) => {
      const look = (job: Job | undefined) => {
        if (!job || !isWanted(job)) return false
        resolve(job)
        return true
      }
      if (look(byId.value.get(id))) return
      const stop = watch(byId, (jobs) => look(jobs.get(id)) && stop())
    })
  }

  /** Runs of these kinds that are at work or wait, newest last: what a room shows when it is opened. */
  const underWay = (...kinds: JobKind[]): Job[] =>
    [...running.value, ...waiting.value].filter(({ kind }) => kinds.includes(kind))

  return {
    byId,
    isOpen,
    running,
    waiting,
    ended,
    hasNewFailure,
    training,
    reload,
    start,
    result,
    until,
    underWay,
    cancel: (job: string) => api.call('jobs.cancel', { job }),
    pause: (job: string) => api.call('jobs.pause', { job }),
    resume: (job: string) => api.call('jobs.resume', { job }),
    retry: (job: string) => api.call('jobs.retry', { job }),
    clear: () => api.call('jobs.clear', {}),
    reorder: (job: string, before: string | null) => api.call('jobs.reorder', { job, before }),
  }
})
