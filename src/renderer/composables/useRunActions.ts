import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'
import { useTraining } from './useTraining.ts'

/** What a person can do with a run, from the table or from its page. */
export function useRunActions() {
  const api = useApi()
  const { t } = useText()
  const messages = useMessages()
  const runs = useRuns()
  const jobs = useJobs()
  const dialogs = useDialogs()
  const training = useTraining()

  const guarded = async (work: () => Promise<unknown>): Promise<void> => {
    await messages.attempt(work)
  }

  /** Copies in a run that lies elsewhere; `useAddedRuns` tells of its end. */
  async function add(): Promise<void> {
    const [folder] = await dialogs.pick('folder')
    if (folder !== undefined) await guarded(() => jobs.start('addRun', { folder }))
  }

  return {
    add,
    resume: (run: string) => guarded(() => training.resume(run)),
    rename: (run: string, name: string) =>
      guarded(async () => {
        await api.call('runs.rename', { run, name })
        await runs.reload()
      }),
    /** Back from the trash. */
    restore: (run: string, name: string) =>
      guarded(async () => {
        await api.call('runs.restore', { run })
        await runs.reload()
        messages.told(() => t('runTable.restored', { name }))
      }),
    /** Into the trash, with Undo. */
    remove: (run: string, name: string) =>
      guarded(async () => {
        await api.call('runs.remove', { run })
        await runs.reload()
        messages.told(
          () => t('runs.removed', { name }),
          () =>
            guarded(async () => {
              await api.call('runs.restore', { run })
              await runs.reload()
            }),
        )
      }),
  }
}
