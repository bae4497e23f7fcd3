import { computed, shallowRef, watch } from 'vue'
import type { Comparison } from '../../shared/api/compare.ts'
import type { RunEventOf, RunSummary } from '../../shared/run.ts'
import { useApi } from '../api.ts'
import { useRuns } from '../stores/runs.ts'
import { emptyRunView } from '../stores/runView.ts'
import { readRun } from './readRun.ts'
import { useJobTask, useTask } from './useTask.ts'

/** Several runs side by side: their epochs at once, their answers on the same photos once these are computed. */
export function useComparison(ids: () => readonly string[]) {
  const api = useApi()
  const runs = useRuns()
  const comparing = useJobTask('compare')
  const reading = useTask<Record<string, readonly RunEventOf<'epoch'>[]>>()
  const pictures = shallowRef<readonly (string | null)[]>([])
  const dataset = shallowRef<string | null>(null)

  /** Batches are of no use here. */
  const epochsOf = async (run: string) =>
    (await readRun(api, run, emptyRunView, Number.MAX_SAFE_INTEGER)).epochs

  /** Pictures of the photos that differ, from the dataset of the first run. */
  async function findPictures({ photos }: Comparison): Promise<void> {
    const [first] = ids()
    if (first === undefined || photos.differing.length === 0) return
    // Where its photos lie now, as the comparison names them.
    const { folder } = (await api.call('runs.get', { run: first })).dataset
    const inFolder = photos.differing
      .slice(0, 60)
      .map(({ photo }) => photo.slice(folder.length + 1).replaceAll('\\', '/'))
    const found = await api.call('runs.pictures', { run: first, photos: inFolder })
    dataset.value = found.dataset
    pictures.value = found.pictures
  }

  async function start(): Promise<void> {
    pictures.value = []
    const found = await comparing.start({ runs: [...ids()] })
    if (found) await findPictures(found).catch(() => undefined)
  }

  watch(
    () => ids().join(' '),
    () => {
      if (ids().length < 2) return
      void reading.run(async () =>
        Object.fromEntries(await Promise.all(ids().map(async (id) => [id, await epochsOf(id)] as const))),
      )
      void start()
    },
    { immediate: true },
  )

  /** Each as it was told last: a run may go into the trash while it is looked at. */
  const summaries = shallowRef<ReadonlyMap<string, RunSummary>>(new Map())
  watch(
    () => runs.all,
    (all) => (summaries.value = new Map([...summaries.value, ...all.map((it) => [it.id, it] as const)])),
    { immediate: true },
  )
  const nameOf = (id: string) => summaries.value.get(id)?.name ?? id

  /** A line a run, in the order of their marks. */
  const curves = computed(() =>
    ids().flatMap((id) => {
      const epochs = reading.value.value?.[id]
      if (!epochs) return []
      const fork = summaries.value.get(id)?.fork
      const isShared = fork !== undefined && ids().includes(fork.run)
      return [{ id, name: nameOf(id), epochs, sharedUntil: isShared ? fork.epoch : null }]
    }),
  )
  return { comparing, reading, nameOf, curves, pictures, dataset, start }
}
