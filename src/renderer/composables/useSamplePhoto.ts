import { ref, watch } from 'vue'
import type { Contract } from '../../shared/contract.ts'
import type { Output } from '../../shared/rpc.ts'
import { useApi } from '../api.ts'
import { useTask } from './useTask.ts'

/** Address of the first photo of a dataset, for pictures that begin with one; undefined until it is there. */
export function useSamplePhoto(dataset: () => string | undefined) {
  const api = useApi()
  const photo = ref<string>()
  // Without it the picture does without: what is wrong with the photos is told where they are chosen.
  const loading = useTask<Output<Contract, 'datasets.photos'>>()
  watch(
    dataset,
    async (id) => {
      photo.value = undefined
      if (id === undefined) return void loading.stop()
      const found = await loading.run(() => api.call('datasets.photos', { dataset: id, limit: 1 }))
      if (found?.photos[0]) photo.value = api.picture(found.photos[0].id)
    },
    { immediate: true },
  )
  return photo
}
