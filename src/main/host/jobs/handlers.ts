import type { HostHandlers } from '../relay.ts'
import type { Jobs } from './jobs.ts'

type JobCall = Extract<keyof HostHandlers, `jobs.${string}`>

/** What windows can ask of the list of jobs; all but a new one's start waits until the list is whole. */
export function jobHandlers(jobs: Jobs): Pick<HostHandlers, JobCall> {
  const whole =
    <I, O>(answer: (input: I) => O | Promise<O>) =>
    async (input: I): Promise<O> => {
      await jobs.complete()
      return answer(input)
    }
  const done =
    <I>(act: (input: I) => void | Promise<void>) =>
    async (input: I) => {
      await act(input)
      return {}
    }
  return {
    'jobs.start': (given) => ({ job: jobs.start(given) }),
    'jobs.list': whole(() => ({ jobs: jobs.list() })),
    'jobs.get': whole(({ job }) => jobs.get(job)),
    'jobs.cancel': whole(done(({ job }) => jobs.cancel(job))),
    'jobs.pause': whole(done(({ job }) => jobs.pause(job))),
    'jobs.resume': whole(done(({ job }) => jobs.resume(job))),
    'jobs.retry': whole(done(({ job }) => jobs.retry(job))),
    'jobs.reorder': whole(done(({ job, before }) => jobs.reorder(job, before))),
    'jobs.clear': whole(done(({ job }) => jobs.clear(job))),
  }
}
