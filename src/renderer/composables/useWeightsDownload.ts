import { computed } from 'vue'
import type { PlainError } from '../../shared/errors.ts'
import { useText } from '../i18n/index.ts'
import { isEnded, useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useModels } from '../stores/models.ts'
import { useRunWords } from './useRunWords.ts'

/** A network's weights on their way, and what became of the last attempt. */
export interface Fetching {
  received: number
  total: number | undefined
  stop: () => void
}

/** Fetches published weights, as jobs: they go on when the room is left, and are seen from every room that offers them. */
export function useWeightsDownload() {
  const jobs = useJobs()
  const models = useModels()
  const messages = useMessages()
  const { t } = useText()
  const { networkTitle } = useRunWords()

  const downloads = computed(() => [...jobs.byId.values()].filter(({ kind }) => kind === 'download'))

  /** What is under way for a network. */
  function underWay(network: string): Fetching | undefined {
    const job = downloads.value.find((it) => it.subject === network && !isEnded(it))
    if (!job) return undefined
    const stop = () => void jobs.cancel(job.id).catch(messages.failed)
    return { received: job.progress?.done ?? 0, total: job.progress?.total, stop }
  }

  /** Why the last attempt failed. */
  function failure(network: string): PlainError | undefined {
    const last = downloads.value.findLast(({ subject }) => subject === network)
    return last?.state === 'failed' ? (last.error ?? undefined) : undefined
  }

  async function start(network: string): Promise<void> {
    try {
      await jobs.result('download', await jobs.start('download', { network }, network))
      messages.told(() => t('models.downloaded', { network: networkTitle(network) }))
    } catch {
      // It stands at the offer itself, see `failure`, and in the list of jobs.
    }
    await models.reload()
  }

  return { underWay, failure, start }
}
