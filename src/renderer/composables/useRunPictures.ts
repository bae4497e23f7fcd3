import { shallowRef, watch } from 'vue'
import { useApi } from '../api.ts'
import { useDatasets } from '../stores/datasets.ts'
import { useMessages } from '../stores/messages.ts'

/** Pictures of a run's photos by their paths, fetched when they are wanted; null: there is none. */
export function useRunPictures(run: () => string, wanted: () => readonly string[]) {
  const api = useApi()
  const datasets = useDatasets()
  const messages = useMessages()
  const pictures = shallowRef<ReadonlyMap<string, string | null>>(new Map())

  watch(
    [run, () => wanted().join('\0'), () => datasets.ids],
    async ([id, , ids], [former, , idsBefore]) => {
      if (former !== undefined && former !== id) pictures.value = new Map()
      // Photos whose dataset was brought back have pictures again.
      else if (ids !== idsBefore)
        pictures.value = new Map([...pictures.value].filter(([, it]) => it !== null))
      const photos = wanted()
        .filter((photo) => !pictures.value.has(photo))
        .slice(0, 500)
      if (photos.length === 0) return
      await messages.attempt(async () => {
        const found = await api.call('runs.pictures', { run: id, photos })
        if (id !== run()) return
        const fresh = photos.map((photo, i) => [photo, found.pictures[i] ?? null] as const)
        pictures.value = new Map([...pictures.value, ...fresh])
      })
    },
    { immediate: true },
  )
  return pictures
}
