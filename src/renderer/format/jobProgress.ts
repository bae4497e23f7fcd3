import type { Job } from '../../shared/api/jobs.ts'

/** How far a job is, as a `ProgressBar` shows it; nothing is done of one that is not known yet. */
export const jobProgress = (job: Pick<Job, 'progress' | 'secondsLeft'> | undefined) => ({
  done: job?.progress?.done ?? 0,
  total: job?.progress?.total,
  secondsLeft: job?.secondsLeft ?? undefined,
})
