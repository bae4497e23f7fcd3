import { computed, ref, shallowRef, watch } from 'vue'
import type { PhotoPreview } from '../../shared/api/datasets.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import type { Preparation } from '../../shared/preparation.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useShortcuts } from './useShortcuts.ts'

/** What the network sees of a photo, kept up to date with the photo, the preparation and the roll of its training views. */
export function usePhotoPreview(photo: () => string | undefined, preparation: () => Preparation) {
  const api = useApi()
  const { t } = useText()
  const preview = shallowRef<PhotoPreview>()
  const error = shallowRef<PlainError>()
  const seed = ref(1234)

  let latest = 0
  watch(
    [photo, seed, () => JSON.stringify(preparation())],
    async () => {
      const id = photo()
      if (id === undefined) return
      latest += 1
      const own = latest
      try {
        const asked = { photo: id, preparation: preparation(), seed: seed.value }
        const found = await api.call('photos.preview', asked)
        if (own !== latest) return
        preview.value = found
        error.value = undefined
      } catch (failure) {
        if (own === latest) error.value = plainError(failure)
      }
    },
    { immediate: true },
  )

  const roll = () => (seed.value = (seed.value + 1) % 2 ** 32)
  useShortcuts({ r: roll })

  /** The frame in percent of the photo, the part of it that lies inside, and the share of the photo that it keeps. */
  const frame = computed(() => {
    if (!preview.value) return undefined
    const { width, height, frame: box } = preview.value
    const left = Math.max(0, box.left)
    const top = Math.max(0, box.top)
    const right = Math.min(width, box.left + box.width)
    const bottom = Math.min(height, box.top + box.height)
    return {
      style: {
        left: `${(100 * left) / width}%`,
        top: `${(100 * top) / height}%`,
        width: `${(100 * (right - left)) / width}%`,
        height: `${(100 * (bottom - top)) / height}%`,
      },
      kept: ((right - left) * (bottom - top)) / (width * height),
    }
  })

  /** How the evaluation view is drawn. */
  const how = ref<keyof PhotoPreview['evaluation']>('plain')
  const hows = computed(() => [
    { value: 'plain' as const, text: t('photos.plain') },
    { value: 'clipped' as const, text: t('photos.clipped') },
    { value: 'restored' as const, text: t('photos.restored') },
  ])

  return { preview, error, roll, frame, how, hows }
}
