import { shallowRef, watch } from 'vue'
import type { PhotoItem, PhotoQuery } from '../../shared/api/datasets.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'

/** Photos asked for at once. */
const page = 200

/** The photos that a filter leaves, fetched page by page as they come into view. */
export function usePhotoPages(filter: () => (Partial<PhotoQuery> & Pick<PhotoQuery, 'dataset'>) | undefined) {
  const api = useApi()
  const total = shallowRef(0)
  const pages = shallowRef<ReadonlyMap<number, readonly PhotoItem[]>>(new Map())
  const error = shallowRef<PlainError>()
  let asked = new Set<number>()
  let latest = 0

  async function fetchPage(number: number): Promise<void> {
    const wanted = filter()
    if (!wanted || asked.has(number)) return
    asked.add(number)
    const own = latest
    try {
      const found = await api.call('datasets.photos', { ...wanted, offset: number * page, limit: page })
      if (own !== latest) return
      total.value = found.total
      pages.value = new Map([...pages.value, [number, found.photos]])
      error.value = undefined
    } catch (failure) {
      asked.delete(number)
      if (own === latest) error.value = plainError(failure)
    }
  }

  function reload(): void {
    latest += 1
    asked = new Set()
    pages.value = new Map()
    total.value = 0
    void fetchPage(0)
  }
  watch(() => JSON.stringify(filter()), reload, { immediate: true })

  return {
    total,
    error,
    reload,
    photoAt: (place: number) => pages.value.get(Math.floor(place / page))?.[place % page],
    need: (from: number, to: number) => {
      for (let number = Math.floor(from / page); number * page < to; number += 1) void fetchPage(number)
    },
  }
}
