import { useRouter } from 'vue-router'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'
import { useSaving } from './useSaving.ts'

/** What a person can do with a run, from the table or from its page. */
export function useRunActions() {
  const api = useApi()
  const router = useRouter()
  const { t } = useText()
  const messages = useMessages()
  const runs = useRuns()
  const { save } = useSaving()

  const guarded = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      messages.failed(error)
    }
  }

  return {
    resume: (run: string) =>
      guarded(async () => {
        await api.call('train.resume', { run })
        await router.push({ name: 'live', params: { run } })
      }),
    rename: (run: string, name: string) =>
      guarded(async () => {
        await api.call('runs.rename', { run, name })
        await runs.reload()
      }),
    /** Into the trash, with Undo. */
    remove: (run: string, name: string) =>
      guarded(async () => {
        await api.call('runs.remove', { run })
        await runs.reload()
        messages.told(t('runs.removed', { name }), () =>
          guarded(async () => {
            await api.call('runs.restore', { run })
            await runs.reload()
          }),
        )
      }),
    saveWeights: async (run: string, name: string, format: 'safetensors' | 'pth') => {
      const file = `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.${format}`
      const done = await save(file, () => api.call('runs.export', { run, format }))
      if (done) messages.told(t('runs.saved'))
    },
  }
}
