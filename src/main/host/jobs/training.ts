import type { Job } from '../../../shared/api/jobs.ts'
import { detailOf } from '../../../shared/api/jobs.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { HostHandlers } from '../relay.ts'
import type { Jobs } from './jobs.ts'

type TrainingCall = 'train.start' | 'train.resume' | 'train.pause' | 'train.stop'

const isTraining = ({ kind, state }: Job): boolean => kind === 'train' && state === 'running'
const runOf = (job: Job): string | null => detailOf(job).run ?? null

/**
 * Trainings by their runs, for programs that know no jobs: each of these calls starts, holds or ends a job.
 * @param openRun the run whose end has not been told
 * @param isFinished whether a run's files say so: they do a moment before its end is told, and who has read them may call at once
 */
export function trainingHandlers(
  jobs: Jobs,
  openRun: () => string | undefined,
  isFinished: (run: string) => Promise<boolean>,
): Pick<HostHandlers, TrainingCall> {
  /** Its run was told to be over, and it ends in a moment: who has heard of the one may call before the other. */
  const isEnding = (job: Job): boolean =>
    job.state === 'running' && runOf(job) !== null && runOf(job) !== openRun()
  const jobOf = (run: string): string | undefined =>
    jobs.list().find((job) => isTraining(job) && runOf(job) === run)?.id
  const atWork = (run: string): string => {
    const id = jobOf(run)
    if (id === undefined) throw new ThawError('not-found', { what: 'this-training' })
    return id
  }

  /**
   * Waits for the end of one that is about to end, however long it takes on a busy machine, and for nothing else. One that goes on
   * after a restart looks the same until its run is told of.
   */
  const ended = async (job: Job): Promise<Job> => {
    const run = runOf(job)
    const isWritten = run !== null && (await isFinished(run))
    return jobs.until(job.id, (it) => it.ended !== null || !(isWritten || isEnding(it)))
  }

  /** Starts one now, and waits for its run's folder. Who can wait for a turn starts a job instead. */
  const begin = async (input: object): Promise<{ run: string }> => {
    const others = jobs.list().filter(({ kind, state }) => kind === 'train' && /running|waiting/.test(state))
    const isFree = (await Promise.all(others.map(ended))).every((job) => job.ended !== null)
    if (!isFree) throw new ThawError('busy', { what: 'the-trainer' })
    const id = jobs.start({ kind: 'train', ...input })
    const job = await jobs.until(id, (it) => runOf(it) !== null || it.ended !== null)
    const run = runOf(job)
    if (run !== null) return { run }
    throw job.error ? new ThawError(job.error.code, job.error.parameters) : new ThawError('cancelled')
  }

  return {
    'train.start': begin,
    'train.resume': async ({ run }) => {
      const id = jobOf(run)
      if (id === undefined) return begin({ run })
      await jobs.resume(id)
      return { run }
    },
    'train.pause': async ({ run }) => {
      await jobs.pause(atWork(run))
      return {}
    },
    'train.stop': async ({ run }) => {
      await jobs.cancel(atWork(run))
      return {}
    },
  }
}
