import { computed, shallowRef, watch } from 'vue'
import type { AnswerFilter, AnswerItem, AnswerOrder } from '../../shared/api/evaluation.ts'
import { useApi } from '../api.ts'
import { useMessages } from '../stores/messages.ts'
import { useRunLoop } from '../stores/runLoop.ts'

/** Which of a run's answered photos, and in what order. */
export interface Chosen {
  filter: AnswerFilter
  order: AnswerOrder
}

const page = 100

/** A list of a run's answered photos, a page after the other; read anew when labels change. */
export function useAnswers(chosen: () => Chosen) {
  const api = useApi()
  const loop = useRunLoop()
  const messages = useMessages()
  const items = shallowRef<readonly AnswerItem[]>([])
  const total = shallowRef(0)
  let latest = 0

  async function fetch(offset: number, limit: number): Promise<void> {
    if (!loop.evaluation) return
    latest += 1
    const own = latest
    try {
      const found = await api.call('evaluations.photos', {
        run: loop.run,
        ...loop.of,
        ...chosen(),
        offset,
        limit,
      })
      if (own !== latest) return
      total.value = found.total
      items.value = [...items.value.slice(0, offset), ...found.photos]
    } catch (failure) {
      if (own === latest) messages.failed(failure)
    }
  }

  const key = computed(() => JSON.stringify([loop.run, chosen()]))
  watch(
    [key, () => loop.evaluation],
    () => {
      items.value = []
      total.value = 0
      void fetch(0, page)
    },
    { immediate: true },
  )
  // The same photos, with the labels of now.
  watch(
    () => loop.version,
    () => void fetch(0, Math.min(500, Math.max(page, items.value.length))),
  )

  return { items, total, more: () => fetch(items.value.length, page) }
}
