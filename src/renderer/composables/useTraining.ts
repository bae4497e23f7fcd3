import { useRouter } from 'vue-router'
import type { JobInput } from '../../shared/api/jobs.ts'
import { detailOf } from '../../shared/api/jobs.ts'
import { ThawError } from '../../shared/errors.ts'
import { useText } from '../i18n/index.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { isEnded, useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'

/** Starts trainings and holds the one that runs. A second one waits in the queue. */
export function useTraining() {
  const dialogs = useDialogs()
  const jobs = useJobs()
  const runs = useRuns()
  const messages = useMessages()
  const router = useRouter()
  const { t } = useText()

  /** Starts, and shows what comes of it: the run, or its place in the queue. @throws ThawError why it cannot begin */
  async function start(input: JobInput<'train'>, subject?: string): Promise<void> {
    const id = await jobs.start('train', input, subject)
    const job = await jobs.until(
      id,
      (it) => isEnded(it) || it.place !== null || detailOf(it).run !== undefined,
    )
    const { place } = job
    const { run } = detailOf(job)
    if (run !== undefined) await router.push({ name: 'live', params: { run } })
    else if (place !== null) {
      messages.told(() => t('jobs.queued', { place }))
      await router.push({ name: 'runs' })
    } else if (job.error) throw new ThawError(job.error.code, job.error.parameters)
  }

  const jobOf = (run: string): string | undefined =>
    runs.trained?.run === run ? runs.trained.job : undefined

  /** From its checkpoint. Where the last bits would be others, the person is asked whether it shall go on all the same. */
  async function resumeStopped(run: string, name?: string): Promise<void> {
    try {
      await start({ run }, name)
    } catch (error) {
      if (!(error instanceof ThawError) || error.code !== 'run.other-machine') throw error
      const yes = await dialogs.ask({
        title: t('live.otherTitle'),
        body: t('live.otherBody', {
          then: String(error.parameters['then']),
          now: String(error.parameters['now']),
        }),
        act: t('live.otherAct'),
      })
      if (yes) await start({ run, allowDifferent: true }, name)
    }
  }

  return {
    start,
    /** Goes on: with the run that is held, or from the checkpoint of one that was stopped. */
    resume: async (run: string, name?: string): Promise<void> => {
      const job = jobOf(run)
      if (job === undefined) await resumeStopped(run, name)
      else await jobs.resume(job)
    },
    pause: async (run: string): Promise<void> => {
      const job = jobOf(run)
      if (job !== undefined) await jobs.pause(job)
    },
    /** Comes back when it has left its checkpoint. */
    stop: async (run: string): Promise<void> => {
      const job = jobOf(run)
      if (job !== undefined) await jobs.cancel(job)
    },
  }
}
