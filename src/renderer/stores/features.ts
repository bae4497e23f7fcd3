import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ClassifyModel } from '../../shared/api/classify.ts'
import { starterModel } from '../../shared/api/features.ts'
import { useApi } from '../api.ts'
import { modelKey } from '../format/modelKey.ts'
import { useMessages } from './messages.ts'
import { useModels } from './models.ts'
import { useRuns } from './runs.ts'
import { usePhotoRoom } from './photoRoom.ts'

/** The network that looks at the photos of the open dataset: what a person chose for it, else the starter network. */
export const useFeatures = defineStore('features', () => {
  const api = useApi()
  const room = usePhotoRoom()
  const models = useModels()
  const runs = useRuns()
  const messages = useMessages()
  const chosen = shallowRef<ClassifyModel>()
  /** Whether it is known what was chosen. */
  const isKnown = ref(false)

  watch(
    () => room.dataset,
    async (dataset) => {
      chosen.value = undefined
      isKnown.value = false
      if (dataset === undefined) return
      const found = await api.call('features.chosen', { dataset }).catch(() => undefined)
      if (dataset !== room.dataset) return
      chosen.value ??= found?.model ?? undefined
      isKnown.value = true
    },
    { immediate: true },
  )

  /** A run or file may be gone since it was chosen. */
  function isThere(it: ClassifyModel): boolean {
    if ('run' in it) return runs.loaded.state !== 'ready' || runs.usable.some(({ id }) => id === it.run)
    if (models.loaded.state !== 'ready') return true
    return 'file' in it
      ? models.usable.some(({ file }) => file === it.file)
      : models.usable.some(({ network }) => network === it.backbone)
  }

  /** Without the starter weights, the first published network that is there. */
  const model = computed((): ClassifyModel => {
    if (chosen.value && isThere(chosen.value)) return chosen.value
    const [first] = models.usable.filter(({ source }) => source !== 'own')
    if (!first || models.usable.some(({ source }) => source === 'starter')) return starterModel
    return { backbone: first.network!, weights: first.file, labels: null }
  })

  async function choose(model: ClassifyModel): Promise<void> {
    chosen.value = model
    await api.call('features.choose', { dataset: room.dataset!, model }).catch(messages.failed)
  }

  return { model, isKnown, choose, isChosen: (it: ClassifyModel) => modelKey(it) === modelKey(model.value) }
})
