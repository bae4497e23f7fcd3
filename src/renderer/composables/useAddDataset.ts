import { shallowRef } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useDatasets } from '../stores/datasets.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useMessages } from '../stores/messages.ts'

/** What comes while photos are read, and while bytes arrive. */
interface Counted {
  done: number
  total: number
}
interface Received {
  received: number
  total?: number | undefined
}

/** Work on a dataset that takes a while, and can be stopped. */
export interface Work {
  done: number
  total: number | undefined
  stop: () => void
}

/** Adds photos: by a folder that is picked, the sample, or the recipe's photos. One thing at a time. */
export function useAddDataset() {
  const api = useApi()
  const datasets = useDatasets()
  const dialogs = useDialogs()
  const messages = useMessages()
  const { t } = useText()
  const work = shallowRef<Work>()
  const error = shallowRef<PlainError>()

  async function run(
    start: (options: {
      signal: AbortSignal
      onProgress: (progress: Counted | Received) => void
    }) => Promise<DatasetSummary>,
  ): Promise<DatasetSummary | undefined> {
    const controller = new AbortController()
    error.value = undefined
    work.value = { done: 0, total: undefined, stop: () => controller.abort() }
    try {
      const added = await start({
        signal: controller.signal,
        onProgress: (progress) => {
          const done = 'done' in progress ? progress.done : progress.received
          work.value = { ...work.value!, done, total: progress.total }
        },
      })
      await datasets.reload()
      return added
    } catch (failure) {
      const plain = plainError(failure)
      if (plain.code !== 'cancelled') error.value = plain
      return undefined
    } finally {
      work.value = undefined
    }
  }

  async function pick(): Promise<DatasetSummary | undefined> {
    const [folder] = await dialogs.pick('folder')
    return folder === undefined ? undefined : add(folder)
  }

  const add = (folder: string) => run((options) => api.call('datasets.add', { folder }, options))

  /** Off the list, with Undo; the photos stay where they are. */
  async function remove({ id, name, folder }: DatasetSummary): Promise<void> {
    try {
      await api.call('datasets.remove', { dataset: id })
      await datasets.reload()
      messages.told(t('photos.removed', { name }), async () => {
        await add(folder)
      })
    } catch (failure) {
      messages.failed(failure)
    }
  }

  return {
    work,
    error,
    pick,
    add,
    remove,
    rescan: (dataset: string) => run((options) => api.call('datasets.rescan', { dataset }, options)),
    /** Where a dataset's folder is now, if it was moved. */
    move: async (dataset: string) => {
      const [folder] = await dialogs.pick('folder')
      if (folder === undefined) return undefined
      return run((options) => api.call('datasets.rescan', { dataset, folder }, options))
    },
    drawSample: () => run((options) => api.call('sample.draw', {}, options)),
    fetchRecipe: () => run((options) => api.call('recipePhotos.download', {}, options)),
  }
}
