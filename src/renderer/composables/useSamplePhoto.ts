import { ref, watch } from 'vue'
import { useApi } from '../api.ts'

/** Address of the first photo of a dataset, for pictures that begin with one; undefined until it is there. */
export function useSamplePhoto(dataset: () => string | undefined) {
  const api = useApi()
  const photo = ref<string>()
  watch(
    dataset,
    async (id) => {
      photo.value = undefined
      if (id === undefined) return
      try {
        const { photos } = await api.call('datasets.photos', { dataset: id, limit: 1 })
        if (photos[0] && id === dataset()) photo.value = api.picture(photos[0].id)
      } catch {
        // The picture does without: what is wrong with the photos is told where they are chosen.
      }
    },
    { immediate: true },
  )
  return photo
}
