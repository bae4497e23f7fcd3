import { computed, shallowRef, watch } from 'vue'
import type { AnswerFilter, AnswerItem, AnswerOrder } from '../../shared/api/evaluation.ts'
import type { Contract } from '../../shared/contract.ts'
import type { Output } from '../../shared/rpc.ts'
import { useApi } from '../api.ts'
import { useRunLoop } from '../stores/runLoop.ts'
import { useTask } from './useTask.ts'

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
  const { run } = useTask<Output<Contract, 'evaluations.photos'>>({ tell: true })
  const items = shallowRef<readonly AnswerItem[]>([])
  const total = shallowRef(0)
  /** Whether `items` and `total` are of what is chosen now. */
  const isRead = shallowRef(false)
  async function fetch(offset: number, limit: number): Promise<void> {
    if (!loop.evaluation) return
    const found = await run((signal) =>
      api.call('evaluations.photos', { run: loop.run, ...loop.of, ...chosen(), offset, limit }, { signal }),
    )
    if (!found) return
    total.value = found.total
    isRead.value = true
    items.value = [...items.value.slice(0, offset), ...found.photos]
  }

  const key = computed(() => JSON.stringify([loop.run, chosen()]))
  // The same answers read again, as after each training of the head, leave in view what is in view.
  watch(
    [key, () => loop.evaluation == null],
    () => {
      isRead.value = false
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

  return { items, total, isRead, more: () => fetch(items.value.length, page) }
}
