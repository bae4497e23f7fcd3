import { computed, ref, shallowRef, watch } from 'vue'
import type { PhotoPreview } from '../../shared/api/datasets.ts'
import type { Augmentation } from '../../shared/augmentation.ts'
import { defaultSeed } from '../../shared/config.ts'
import type { PhotoBox } from '../../shared/dataset.ts'
import type { Preparation } from '../../shared/preparation.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useShortcuts } from './useShortcuts.ts'
import { useTask } from './useTask.ts'

/** Milliseconds without a change before views are asked for: a slider that is drawn along asks once. */
const rest = 120

interface Asked {
  photo: () => string | undefined
  preparation: () => Preparation
  /** By default the recipe's, and the seed that a run has unless it is given another. */
  augmentation?: () => Augmentation
  seed?: () => number
}

/** Where a box lies in a picture, in percent of it; what reaches beyond is cut off. */
export function frameStyle(box: PhotoBox, { width, height }: { width: number; height: number }) {
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
    /** The share of the picture that lies in the box. */
    kept: ((right - left) * (bottom - top)) / (width * height),
  }
}

/** What the network sees of a photo, kept up to date with what is asked and the roll of its training views. */
export function usePhotoPreview({
  photo,
  preparation,
  augmentation = () => 'recipe',
  seed: firstSeed = () => defaultSeed,
}: Asked) {
  const api = useApi()
  const { t } = useText()
  const preview = shallowRef<PhotoPreview>()
  const { run, error } = useTask<PhotoPreview>()
  /** How often it was rolled again: each time another seed. */
  const rolls = ref(0)
  const seed = computed(() => (firstSeed() + rolls.value) % 2 ** 32)
  /** The middle of the pixels that are shown as numbers. */
  const at = shallowRef<[number, number]>()

  /** What was shown stays in view until the next answer. */
  async function ask(): Promise<void> {
    const id = photo()
    if (id === undefined) return
    const asked = { photo: id, preparation: preparation(), augmentation: augmentation(), seed: seed.value }
    const found = await run((signal) =>
      api.call('photos.preview', { ...asked, ...(at.value && { at: at.value }) }, { signal }),
    )
    if (found) preview.value = found
  }
  watch([photo, seed, at, () => JSON.stringify(preparation())], () => void ask(), { immediate: true })

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(augmentation()),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), rest)
    },
  )

  const roll = () => (rolls.value += 1)
  useShortcuts({ r: roll })

  /** The frame of the crop in percent of the photo, and the share of the photo that it keeps. */
  const frame = computed(() => preview.value && frameStyle(preview.value.frame, preview.value))

  /** How the evaluation view is drawn. */
  const how = ref<keyof PhotoPreview['evaluation']>('plain')
  const hows = computed(() => [
    { value: 'plain' as const, text: t('photos.plain') },
    { value: 'clipped' as const, text: t('photos.clipped') },
    { value: 'restored' as const, text: t('photos.restored') },
  ])

  return { preview, error, seed, at, roll, frame, how, hows }
}
