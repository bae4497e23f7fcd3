import { computed, onUnmounted } from 'vue'
import type { JobInput, JobResult } from '../../shared/api/jobs.ts'
import type { RunConfig } from '../../shared/config.ts'
import { useJobs } from '../stores/jobs.ts'
import type { Task } from './useTask.ts'
import { useJobTask } from './useTask.ts'

export type Measured<T> = Exclude<Task<T>, { state: 'ready' }> | { state: 'ready'; found: T }

/** A few batches of a run on this machine, measured by the trainer. Leaving the page ends them: their answer is for it alone. */
export function useProbe<K extends 'forecast' | 'precisions'>(kind: K) {
  const jobs = useJobs()
  const { task, job, start, stop: forget, cancel } = useJobTask(kind)

  const measured = computed((): Measured<JobResult<K>> =>
    task.value.state === 'ready' ? { state: 'ready', found: task.value.value } : task.value,
  )

  /** Ends a probe under way. Comes back when the trainer is free. */
  async function stop(): Promise<void> {
    if (task.value.state !== 'running') return
    const ending = job.value && jobs.byId.has(job.value.id) ? cancel() : Promise.resolve()
    await Promise.all([ending.catch(() => undefined), forget()])
  }

  async function measure(dataset: string, config: RunConfig): Promise<void> {
    await stop()
    await start({ dataset, config } as JobInput<K>)
  }
  onUnmounted(() => void stop())

  return { measured, measure, stop }
}
