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
  /** The selected photos and all that belong to a capture group with one of them. */
  const whole = shallowRef<readonly string[]>([])

  async function look(): Promise<void> {
    const { selected, dataset, version } = room
    if (dataset === undefined || selected.size === 0) {
      facts.value = undefined
      whole.value = []
      return
    }
    const asked = { dataset, only: [...selected] }
    const several = selected.size > 1
    const [together, counts, found] = await Promise.all([
      api.call('datasets.together', { dataset, photos: asked.only }),
      several ? api.call('datasets.counts', asked) : undefined,
      several ? api.call('datasets.photos', { ...asked, order: 'only', limit: looked }) : undefined,
    ])
    if (selected !== room.selected || version !== room.version) return
    whole.value = together.photos
    facts.value = counts &&
      found && { counts, photos: found.photos, isWhole: found.photos.length === selected.size }
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

  /** Photos that are not selected, and go along when the selected ones are moved to another part. */
  const along = computed(() => Math.max(0, whole.value.length - room.selected.size))
  /** Selects the rest of each burst that is selected in part. */
  const selectWholeBursts = () => room.select([...room.selected, ...whole.value])

  return { facts, bursts, along, selectWholeBursts }
}
