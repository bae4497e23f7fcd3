import type { HostHandlers } from '../relay.ts'
import type { Jobs } from './jobs.ts'

type JobCall = Extract<keyof HostHandlers, `jobs.${string}`>

/** What windows can ask of the list of jobs. */
export const jobHandlers = (jobs: Jobs): Pick<HostHandlers, JobCall> => ({
  'jobs.start': (given) => ({ job: jobs.start(given) }),
  'jobs.list': () => ({ jobs: jobs.list() }),
  'jobs.get': ({ job }) => jobs.get(job),
  'jobs.cancel': async ({ job }) => {
    await jobs.cancel(job)
    return {}
  },
  'jobs.pause': async ({ job }) => {
    await jobs.pause(job)
    return {}
  },
  'jobs.resume': async ({ job }) => {
    await jobs.resume(job)
    return {}
  },
  'jobs.retry': ({ job }) => {
    jobs.retry(job)
    return {}
  },
  'jobs.reorder': ({ job, before }) => {
    jobs.reorder(job, before)
    return {}
  },
  'jobs.clear': ({ job }) => {
    jobs.clear(job)
    return {}
  },
})
