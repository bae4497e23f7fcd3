import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Classified, ClassifyModel } from '../../shared/api/classify.ts'
import type { Selection } from '../../shared/api/files.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'

export type SelectedPhoto = Selection['photos'][number]

/** Photos of a selection are fetched this many at a time. */
const page = 500

/** Photos to be classified, and the answers as they come. Stays while the person looks into other rooms. */
export const useClassify = defineStore('classify', () => {
  const api = useApi()
  const selection = shallowRef<{ id: string; total: number }>()
  const photos = shallowRef<readonly SelectedPhoto[]>([])
  /** By the photo's place in the selection. */
  const answers = shallowRef<ReadonlyMap<number, Classified>>(new Map())
  const result = shallowRef<{ result: string; photos: number; failed: number; seconds: number }>()
  const running = shallowRef<{ stop: () => void; since: number }>()
  const error = shallowRef<PlainError>()
  const model = shallowRef<ClassifyModel>()
  const unsureBelow = ref(0.7)

  const done = computed(() => answers.value.size)

  /** @throws ThawError */
  async function choose(paths: string[]): Promise<void> {
    const made = await api.call('selections.make', { paths, limit: page })
    running.value?.stop()
    selection.value = { id: made.selection, total: made.total }
    photos.value = made.photos
    answers.value = new Map()
    result.value = undefined
    error.value = undefined
    while (photos.value.length < made.total) {
      const more = await api.call('selections.photos', {
        selection: made.selection,
        offset: photos.value.length,
        limit: page,
      })
      // Another selection may have been made meanwhile.
      if (more.photos.length === 0 || (selection.value as { id: string } | undefined)?.id !== made.selection)
        return
      photos.value = [...photos.value, ...more.photos]
    }
  }

  async function start(): Promise<void> {
    if (!selection.value || !model.value) return
    const controller = new AbortController()
    const own = selection.value.id
    running.value = { stop: () => controller.abort(), since: Date.now() }
    answers.value = new Map()
    result.value = undefined
    error.value = undefined
    try {
      const finished = await api.call(
        'classify.start',
        { selection: own, model: model.value, top: 5 },
        {
          signal: controller.signal,
          onProgress: (found) => {
            if (selection.value?.id !== own) return
            answers.value = new Map([...answers.value, ...found.map((it) => [it.index, it] as const)])
          },
        },
      )
      if ((selection.value as { id: string } | undefined)?.id === own) result.value = finished
    } catch (failure) {
      const plain = plainError(failure)
      if (plain.code !== 'cancelled') error.value = plain
    } finally {
      running.value = undefined
    }
  }

  return { selection, photos, answers, result, running, error, model, unsureBelow, done, choose, start }
})
