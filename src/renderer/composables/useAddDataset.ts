import { computed, onScopeDispose, shallowRef } from 'vue'
import type { DatasetSummary } from '../../shared/api/datasets.ts'
import type { JobInput } from '../../shared/api/jobs.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useDatasets } from '../stores/datasets.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { isEnded, useJobs } from '../stores/jobs.ts'
import { useMessages } from '../stores/messages.ts'
import { useTask } from './useTask.ts'

/** Work on a dataset that takes a while, and can be stopped. */
export interface Work {
  done: number
  total: number | undefined
  stop: () => void
}

type AddingKind = 'scan' | 'sample' | 'recipePhotos'

/** Adds photos: by a folder that is picked, the sample, or the recipe's photos. It goes on when the room is left, as a job. */
export function useAddDataset() {
  const api = useApi()
  const datasets = useDatasets()
  const dialogs = useDialogs()
  const jobs = useJobs()
  const messages = useMessages()
  const { t } = useText()
  const { run, error } = useTask<DatasetSummary>({ outlives: true })
  const asked = shallowRef<string>()

  /** What was asked for here, else what is under way from before. */
  const job = computed(() =>
    asked.value === undefined
      ? jobs.underWay('scan', 'sample', 'recipePhotos').at(-1)
      : jobs.byId.get(asked.value),
  )
  const work = computed((): Work | undefined => {
    if (!job.value || isEnded(job.value)) return undefined
    const { id, progress } = job.value
    const stop = () => void jobs.cancel(id).catch(messages.failed)
    return { done: progress?.done ?? 0, total: progress?.total, stop }
  })

  let isLeft = false
  onScopeDispose(() => (isLeft = true))
  /** What was asked for last; a room is not left for what came before. */
  let turn = 0

  /** @returns undefined also once the room was left, or something else is asked for: nobody is taken away from what they do by then */
  async function start<K extends AddingKind>(
    kind: K,
    input: JobInput<K>,
  ): Promise<DatasetSummary | undefined> {
    turn += 1
    const own = turn
    const added = await run(async () => {
      asked.value = await jobs.start(kind, input)
      const dataset = (await jobs.result(kind, asked.value)) as DatasetSummary
      await datasets.reload()
      return dataset
    })
    return isLeft || own !== turn ? undefined : added
  }

  /** @param kind `sources`: a list of photos or an archive of them */
  async function pick(kind: 'folder' | 'sources' = 'folder'): Promise<DatasetSummary | undefined> {
    turn += 1
    const [place] = await dialogs.pick(kind)
    return place === undefined ? undefined : add(place)
  }

  const add = (folder: string) => start('scan', { folder })

  async function named(dataset: string, name: string): Promise<void> {
    await api.call('datasets.rename', { dataset, name })
    await datasets.reload()
  }

  /** Another name, with Undo. Folder, list or archive are called what they were. */
  async function rename({ id, name: from }: DatasetSummary, name: string): Promise<void> {
    await messages.attempt(async () => {
      await named(id, name)
      messages.told(
        () => t('photos.renamed', { from, name }),
        () => messages.attempt(() => named(id, from)),
      )
    })
  }

  /** Off the list, with Undo, which knows it by its name again; the photos stay where they are. */
  async function remove({ id, name, folder }: DatasetSummary): Promise<void> {
    await messages.attempt(async () => {
      // A list or an archive is no folder. Where that cannot be told the dataset goes all the same.
      const place = await api.call('datasets.get', { dataset: id }).then(
        ({ sources }) => sources[0] ?? folder,
        () => folder,
      )
      await api.call('datasets.remove', { dataset: id })
      await datasets.reload()
      messages.told(
        () => t('photos.removed', { name }),
        // Also from another room, to which nothing is told but by the list.
        () =>
          messages.attempt(async () => {
            const added = await jobs.result('scan', await jobs.start('scan', { folder: place }))
            await named(added.id, name)
          }),
      )
    })
  }

  return {
    work,
    error,
    pick,
    add,
    rename,
    remove,
    /** All its sources. */
    rescan: (dataset: string) => start('scan', { dataset }),
    /** Where a dataset's folder or list is now, if it was moved. */
    move: async ({ id, layout, missingSource }: DatasetSummary) => {
      const isFile = layout === 'list' || missingSource !== null
      const [folder] = await dialogs.pick(isFile ? 'sources' : 'folder')
      return folder === undefined ? undefined : start('scan', { dataset: id, folder })
    },
    drawSample: () => start('sample', {}),
    fetchRecipe: () => start('recipePhotos', {}),
  }
}
