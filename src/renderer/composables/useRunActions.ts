import { shallowRef } from 'vue'
import type { RunSummary } from '../../shared/run.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useMessages } from '../stores/messages.ts'
import { useRuns } from '../stores/runs.ts'
import { useTask } from './useTask.ts'
import { useTraining } from './useTraining.ts'

/** What a person can do with a run, from the table or from its page. */
export function useRunActions() {
  const api = useApi()
  const { t } = useText()
  const messages = useMessages()
  const runs = useRuns()
  const dialogs = useDialogs()
  const training = useTraining()

  const guarded = async (work: () => Promise<unknown>): Promise<void> => {
    await messages.attempt(work)
  }

  const adding = useTask<RunSummary>({ tell: true, outlives: true })
  /** Bytes of a run that is copied in; undefined: none is. */
  const copied = shallowRef<{ received: number; total: number }>()

  /** Copies in a run that lies elsewhere, with Undo. */
  async function add(): Promise<void> {
    const [folder] = await dialogs.pick('folder')
    if (folder === undefined) return
    const known = new Set(runs.all.map(({ id }) => id))
    copied.value = { received: 0, total: 0 }
    const run = await adding.run((signal) =>
      api.call(
        'runs.add',
        { folder },
        {
          signal,
          onProgress: ({ received, total = 0 }) => (copied.value = { received, total }),
        },
      ),
    )
    copied.value = undefined
    if (!run) return
    await runs.reload()
    const takeBack = () =>
      guarded(async () => {
        await api.call('runs.remove', { run: run.id })
        await runs.reload()
      })
    messages.told(() => t('runTable.added', { name: run.name }), known.has(run.id) ? undefined : takeBack)
  }

  return {
    add,
    copied,
    stopAdding: adding.stop,
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
