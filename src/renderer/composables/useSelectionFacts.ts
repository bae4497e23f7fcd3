import { computed, shallowRef } from 'vue'
import { watchDebounced } from '@vueuse/core'
import type { PhotoCounts, PhotoItem } from '../../shared/api/datasets.ts'
import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'
import { usePhotoRoom } from '../stores/photoRoom.ts'

/** Of more photos only the classes and splits are counted: what else they have in common is looked up photo by photo. */
const looked = 500
/** Milliseconds that a selection rests before its facts are asked for. */
const rest = 150

/** What the selected photos have in common. */
export interface SelectionFacts {
  counts: PhotoCounts
  /** The first ones, and all of them where they are not too many. */
  photos: readonly PhotoItem[]
  isWhole: boolean
}

/** Facts about the photos selected in the photo room, where that are two and more; undefined until they are known. */
export function useSelectionFacts() {
  const api = useApi()
  const room = usePhotoRoom()
  const messages = useMessages()
  const facts = shallowRef<SelectionFacts>()

  async function look(): Promise<void> {
    const { selected, dataset, version } = room
    if (dataset === undefined || selected.size < 2) {
      facts.value = undefined
      return
    }
    const asked = { dataset, only: [...selected] }
    const [counts, { photos }] = await Promise.all([
      api.call('datasets.counts', asked),
      api.call('datasets.photos', { ...asked, order: 'only', limit: looked }),
    ])
    if (selected === room.selected && version === room.version)
      facts.value = { counts, photos, isWhole: photos.length === selected.size }
  }
  watchDebounced(
    () => [room.selected, room.version],
    () => void look().catch(messages.failed),
    { debounce: rest, immediate: true },
  )

  /** Photos of each capture group of which two and more are selected. */
  const bursts = computed(() => {
    const sizes = Map.groupBy(
      (facts.value?.photos ?? []).filter(({ group }) => group !== undefined),
      ({ group }) => group!,
    )
    return [...sizes.values()].filter((photos) => photos.length > 1)
  })

  /** Selects the rest of each burst that is selected in part. */
  async function selectWholeBursts(): Promise<void> {
    try {
      const wanted = new Set(facts.value!.photos.map(({ group }) => group))
      const query = { dataset: room.dataset!, order: 'group', groupBy: 'group' } as const
      const [{ heads }, { paths }] = await Promise.all([
        api.call('datasets.heads', query),
        api.call('datasets.paths', query),
      ])
      const members = heads
        .filter(({ key }) => key !== null && wanted.has(key))
        .flatMap(({ from, count }) => paths.slice(from, from + count))
      room.select([...room.selected, ...members])
    } catch (failure) {
      messages.failed(failure)
    }
  }

  return { facts, bursts, selectWholeBursts }
}
