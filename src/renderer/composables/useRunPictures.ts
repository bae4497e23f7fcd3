import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'

/** Pictures of a run's photos by their paths, fetched when they are wanted; null: there is none. */
export function useRunPictures(run: () => string, wanted: () => readonly string[]) {
  const api = useApi()
  const messages = useMessages()
  const pictures = shallowRef<ReadonlyMap<string, string | null>>(new Map())

  /** How often datasets have changed: photos whose dataset is brought back have pictures again. */
  const datasets = ref(0)
  onScopeDispose(
    api.on('datasets.changed', () => {
      const there = [...pictures.value].filter(([, picture]) => picture !== null)
      if (there.length === pictures.value.size) return
      pictures.value = new Map(there)
      datasets.value += 1
    }),
  )

  watch(
    [run, () => wanted().join('\0'), datasets],
    async ([id], before) => {
      if (before[0] !== undefined && before[0] !== id) pictures.value = new Map()
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
