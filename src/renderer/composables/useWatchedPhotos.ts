import { shallowRef, watch } from 'vue'
import type { WatchedPhoto } from '../../shared/api/runs.ts'
import { useApi } from '../api.ts'

/** The watched photos of a run, fetched again with each epoch. @param epoch the newest one; undefined before there is any */
export function useWatchedPhotos(run: () => string, epoch: () => number | undefined) {
  const api = useApi()
  const photos = shallowRef<readonly WatchedPhoto[]>([])

  watch(
    [run, epoch],
    async ([id, now], [before]) => {
      if (id !== before) photos.value = []
      if (now === undefined) return
      // A picture beside the figures: where it cannot be had, the room says all else.
      const found = await api.call('runs.watched', { run: id }).catch(() => undefined)
      if (found && id === run()) photos.value = found.photos
    },
    { immediate: true },
  )
  return photos
}
