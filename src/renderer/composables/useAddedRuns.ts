import { watch } from 'vue'
import type { Job } from '../../shared/api/jobs.ts'
import { ThawError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { resultOf, useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'

/** Tells when a run has been copied in, in whichever room the person is by then, with Undo for as long as it is there. */
export function useAddedRuns(): void {
  const api = useApi()
  const { t } = useText()
  const jobs = useJobs()
  const messages = useMessages()
  const runs = useRuns()

  async function tell(job: Job | undefined): Promise<void> {
    if (job?.error) messages.failed(new ThawError(job.error.code, job.error.parameters))
    if (job?.state !== 'done') return
    const { run, name, isNew } = resultOf('addRun', job)
    await runs.reload()
    const takeBack = async () => {
      await messages.attempt(() => api.call('runs.remove', { run }))
      await runs.reload()
    }
    messages.told(
      () => t('runTable.added', { name }),
      isNew ? takeBack : undefined,
      () => runs.all.some(({ id }) => id === run),
    )
  }

  watch(
    () => jobs.underWay('addRun').map(({ id }) => id),
    (now, before) => {
      for (const id of before) if (!now.includes(id)) void tell(jobs.byId.get(id))
    },
  )
}
