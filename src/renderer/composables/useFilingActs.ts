import { useText } from '../i18n/index.ts'
import { useFiling } from '../stores/filing.ts'
import { useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useFormat } from './useFormat.ts'

/** Taking back what was filed, and stopping what is being filed, with what is told of it. */
export function useFilingActs() {
  const { t } = useText()
  const { count } = useFormat()
  const filing = useFiling()
  const jobs = useJobs()
  const messages = useMessages()

  async function takeBack(filingId: string, only?: number[]): Promise<void> {
    await messages.attempt(async () => {
      const { undone, kept } = await filing.undo(filingId, only)
      messages.told(() => t('filingRoom.undone', { n: undone, count: count(undone) }))
      if (kept > 0) messages.told(() => t('filingRoom.kept', { n: kept, count: count(kept) }))
    })
  }

  const stop = () => filing.job && void jobs.cancel(filing.job.id).catch(messages.failed)

  return { takeBack, stop }
}
