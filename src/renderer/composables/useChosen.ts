import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { AnswerFilter, AnswerOrder } from '../../shared/api/evaluation.ts'
import { Split } from '../../shared/dataset.ts'
import type { AskedPhotos } from '../stores/runLoop.ts'
import type { Chosen } from './useAnswers.ts'

/** Where the photos behind a figure are shown: a place in the app that can be linked to. */
export const photosAt = (run: string, { filter, order }: Chosen, of: AskedPhotos = { part: 'val' }) => ({
  name: 'run-photos' as const,
  params: { run },
  query: { show: JSON.stringify(filter), order, ...queryOf(of) },
})

/** What of an address says which photos were asked for. */
export const queryOf = ({ part, dataset }: AskedPhotos): Record<string, string> => ({
  ...(part !== 'val' && { part }),
  ...(dataset !== undefined && { dataset }),
})

const first = (value: unknown): string | undefined => {
  const one: unknown = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' ? one : undefined
}

function filterIn(text: string | undefined): AnswerFilter | undefined {
  try {
    return AnswerFilter.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

/** What the address asks for: photos, their filter and order, and the one that is shown large. */
export function useChosen() {
  const route = useRoute()
  const router = useRouter()
  const chosen = computed((): Chosen => {
    const filter = filterIn(first(route.query['show']))
    const order = AnswerOrder.safeParse(first(route.query['order'])).data
    // Without more ado the surest mistakes, from which most is to be learnt.
    return filter ? { filter, order: order ?? 'surest' } : { filter: { right: false }, order: 'surest' }
  })
  const of = computed((): AskedPhotos => {
    const dataset = first(route.query['dataset'])
    const part = Split.safeParse(first(route.query['part'])).data ?? 'val'
    return { part, ...(dataset !== undefined && { dataset }) }
  })
  const photo = computed(() => first(route.query['photo']))

  return {
    ...{ chosen, of, photo },
    choose: (next: Chosen) =>
      router.replace({
        query: { show: JSON.stringify(next.filter), order: next.order, ...queryOf(of.value) },
      }),
    openPhoto: (next: string | undefined) =>
      // A query without a value is left out of the address.
      router.replace({ query: { ...route.query, photo: next } }),
  }
}
