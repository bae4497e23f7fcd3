import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ClassifyModel } from '../../shared/api/classify.ts'
import type { WeightsEntry } from '../../shared/api/models.ts'
import { starterModel } from '../../shared/api/features.ts'
import { useApi } from '../api.ts'
import { modelKey, publishedModel } from '../format/modelKey.ts'
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

  /** Choices of this window that are not kept yet: until they are, what is kept is of before, and is read later. */
  let choosing = 0
  let isStale = false

  async function read(): Promise<void> {
    const { dataset } = room
    isStale = choosing > 0
    if (dataset === undefined || isStale) return
    const found = await api.call('features.chosen', { dataset }).catch(() => undefined)
    if (dataset !== room.dataset) return
    if (found && choosing === 0) chosen.value = found.model ?? undefined
    isKnown.value = true
  }

  watch(
    () => room.dataset,
    () => {
      chosen.value = undefined
      isKnown.value = false
      void read()
    },
    { immediate: true },
  )
  // Also what another window has chosen: the same rooms stand there.
  api.on('features.changed', ({ dataset }) => {
    if (dataset === room.dataset) void read()
  })

  /** A run or file may be gone since it was chosen. */
  function isThere(it: Exclude<ClassifyModel, { backbone: string }>): boolean {
    if ('run' in it) return runs.loaded.state !== 'ready' || runs.usable.some(({ id }) => id === it.run)
    return models.loaded.state !== 'ready' || models.usable.some(({ file }) => file === it.file)
  }

  /**
   * A published network is the one of its name, wherever its file lies now. In place of what is gone stands the starter network; without
   * its weights, the first published one that is there.
   */
  const model = computed((): ClassifyModel => {
    const { value } = chosen
    if (value && !('backbone' in value) && isThere(value)) return value
    if (models.loaded.state !== 'ready') return value ?? starterModel
    const published = models.usable.filter(({ source }) => source !== 'own')
    const asChosen = ({ network }: WeightsEntry) =>
      value !== undefined && 'backbone' in value && network === value.backbone
    const found =
      published.find(asChosen) ?? published.find(({ source }) => source === 'starter') ?? published[0]
    return found ? publishedModel(found) : starterModel
  })

  async function choose(model: ClassifyModel): Promise<void> {
    chosen.value = model
    choosing += 1
    await api.call('features.choose', { dataset: room.dataset!, model }).catch((failure: unknown) => {
      messages.failed(failure)
      isStale = true
    })
    choosing -= 1
    if (choosing === 0 && isStale) await read()
  }

  return { model, isKnown, choose, isChosen: (it: ClassifyModel) => modelKey(it) === modelKey(model.value) }
})
