import { shallowRef, watch } from 'vue'
import type { PhotoItem, PhotoQuery } from '../../shared/api/datasets.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'

/** Photos asked for at once. */
const page = 200
/** Pages that are asked for at a time: what was scrolled past meanwhile is not asked for at all. */
const mostAtOnce = 2
/** Pages that are fetched anew at once; of more only what is in view. */
const mostRefreshed = 5

/** The photos that a filter leaves, fetched page by page as they come into view. */
export function usePhotoPages(filter: () => (Partial<PhotoQuery> & Pick<PhotoQuery, 'dataset'>) | undefined) {
  const api = useApi()
  const total = shallowRef(0)
  const pages = shallowRef<ReadonlyMap<number, readonly PhotoItem[]>>(new Map())
  const error = shallowRef<PlainError>()
  const isLoaded = shallowRef(false)
  let asked = new Set<number>()
  let latest = 0
  /** Pages in view that are not asked for yet. */
  let inView: number[] = []
  let underWay = 0
  /** The next page in the direction of the scroll: who stops on it finds its photos there. */
  let ahead: number | undefined
  let topmost = 0

  /** Asks for what is in view, as far as there is a turn; where nothing is asked for, for what comes into view next. */
  function fetchNext(): void {
    if (underWay >= mostAtOnce) return
    const isLeft = (number: number) => !asked.has(number)
    const isThere = (number: number) => number >= 0 && number * page < total.value
    const beyond = underWay === 0 && ahead !== undefined && isThere(ahead) ? [ahead] : []
    const next = [...inView, ...beyond].find(isLeft)
    if (next === undefined) return
    underWay += 1
    void fetchPage(next).finally(() => {
      underWay -= 1
      fetchNext()
    })
    fetchNext()
  }

  async function fetchPage(number: number): Promise<void> {
    const wanted = filter()
    if (!wanted || asked.has(number)) return
    asked.add(number)
    const own = latest
    try {
      const found = await api.call('datasets.photos', { ...wanted, offset: number * page, limit: page })
      if (own !== latest) return
      total.value = found.total
      isLoaded.value = true
      pages.value = new Map([...pages.value, [number, found.photos]])
      error.value = undefined
    } catch (failure) {
      asked.delete(number)
      // Tried again when it comes into view again, not at once.
      inView = inView.filter((it) => it !== number)
      ahead = undefined
      if (own === latest) error.value = plainError(failure)
    }
  }

  function reload(): void {
    latest += 1
    asked = new Set()
    pages.value = new Map()
    total.value = 0
    isLoaded.value = false
    void fetchPage(0)
  }
  watch(() => JSON.stringify(filter()), reload, { immediate: true })

  /** Fetches anew what is there, which stays in view until then: nothing flickers after an act. */
  function refresh(): void {
    latest += 1
    const there = [...pages.value.keys()]
    asked = new Set()
    if (there.length > mostRefreshed) reload()
    else for (const number of there.length > 0 ? there : [0]) void fetchPage(number)
  }

  return {
    total,
    error,
    isLoaded,
    reload,
    refresh,
    photoAt: (index: number) => pages.value.get(Math.floor(index / page))?.[index % page],
    need: (from: number, to: number) => {
      const first = Math.floor(from / page)
      if (from !== topmost) ahead = from > topmost ? Math.ceil(to / page) : first - 1
      topmost = from
      inView = Array.from({ length: Math.max(0, Math.ceil(to / page) - first) }, (_, i) => first + i)
      fetchNext()
    },
  }
}
