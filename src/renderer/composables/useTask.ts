import { computed, onScopeDispose, shallowRef } from 'vue'
import type { JobInput, JobKind, JobResult } from '../../shared/api/jobs.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'

export type Task<T> =
  | { state: 'idle' }
  | { state: 'running' }
  | { state: 'ready'; value: T }
  | { state: 'failed'; error: PlainError }

interface TaskOptions {
  /** Failures are told in passing, where the page has no better place for them. */
  tell?: boolean
  /** Goes on when the component is gone. */
  outlives?: boolean
}

/**
 * Something that a person asked for and that may fail: whether it is under way, what came of it, and what went wrong. Asking again
 * ends what was under way; leaving the page does too, unless it `outlives` it. A cancellation is no failure.
 */
export function useTask<T = void>({ tell = false, outlives = false }: TaskOptions = {}) {
  const messages = useMessages()
  const task = shallowRef<Task<T>>({ state: 'idle' })
  let controller: AbortController | undefined
  let under: Promise<unknown> = Promise.resolve()

  /** Ends it. Comes back when it has ended. */
  async function stop(): Promise<void> {
    controller?.abort()
    controller = undefined
    if (task.value.state === 'running') task.value = { state: 'idle' }
    await under
  }

  /** @returns what `work` gives; undefined if it failed, was cancelled or overtaken */
  async function run(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    controller?.abort()
    const own = new AbortController()
    controller = own
    task.value = { state: 'running' }
    const working = work(own.signal)
    under = working.catch(() => undefined)
    try {
      const value = await working
      if (controller !== own) return undefined
      task.value = { state: 'ready', value }
      return value
    } catch (failure) {
      if (controller !== own) return undefined
      const error = plainError(failure)
      task.value = error.code === 'cancelled' ? { state: 'idle' } : { state: 'failed', error }
      if (tell) messages.failed(failure)
      return undefined
    }
  }

  /** Forgets what came of it. */
  const clear = (): void => {
    if (task.value.state !== 'running') task.value = { state: 'idle' }
  }

  if (!outlives) onScopeDispose(() => controller?.abort())

  return {
    task,
    run,
    stop,
    clear,
    isRunning: computed(() => task.value.state === 'running'),
    error: computed(() => (task.value.state === 'failed' ? task.value.error : undefined)),
    value: computed(() => (task.value.state === 'ready' ? task.value.value : undefined)),
  }
}

/** A task that is a job: the page follows it, and ends it only when it is told to. */
export function useJobTask<K extends JobKind>(kind: K, options?: Pick<TaskOptions, 'tell'>) {
  const jobs = useJobs()
  const task = useTask<JobResult<K>>({ ...options, outlives: true })
  const id = shallowRef<string>()

  const isCancelled = shallowRef(false)
  async function resultOf(job: string): Promise<JobResult<K>> {
    try {
      return await jobs.result(kind, job)
    } catch (error) {
      isCancelled.value = id.value === job && plainError(error).code === 'cancelled'
      throw error
    }
  }

  const follow = (job: string) => {
    id.value = job
    isCancelled.value = false
    return task.run(() => resultOf(job))
  }

  return {
    ...task,
    /** Whether the last one was ended before it was done, here or in the list of jobs. */
    isCancelled,
    clear: (): void => {
      isCancelled.value = false
      task.clear()
    },
    /** The job as it is now. */
    job: computed(() => (id.value === undefined ? undefined : jobs.byId.get(id.value))),
    /** Follows a job that is under way already. */
    follow,
    start: (input: JobInput<K>, subject?: string) =>
      task.run(async () => {
        isCancelled.value = false
        id.value = await jobs.start(kind, input, subject)
        return resultOf(id.value)
      }),
    /** Ends the job itself. */
    cancel: async (): Promise<void> => {
      if (id.value !== undefined) await jobs.cancel(id.value)
    },
  }
}
