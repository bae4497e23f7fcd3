import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type {
  Decided,
  Grouping,
  Outcome,
  PhotoCounts,
  PhotoHead,
  PhotoOrder,
  PhotoQuery,
} from '../../shared/api/datasets.ts'
import type { Split } from '../../shared/dataset.ts'
import type { FindingKind } from '../../shared/findings.ts'
import type { HistoryItem } from '../../shared/decisions.ts'
import type { Input } from '../../shared/rpc.ts'
import type { Contract } from '../../shared/contract.ts'
import { useApi } from '../api.ts'

/** What a tile tells besides the photo: its finding, split, the last run's answer, its class, its name. */
export const photoMarks = ['flag', 'split', 'answer', 'class', 'name'] as const
export type PhotoMark = (typeof photoMarks)[number]

/** What a click on a filter does: it alone, or it too. */
export type Adding = 'alone' | 'too'

type Act = Input<Contract, 'datasets.decide'>['act']

/** Acts that are listed at first, and how many more each time. */
const acts = 50
/** The most that one call gives. */
const mostActs = 500

const toggled = <T>(values: readonly T[], value: T, adding: Adding): T[] => {
  const has = values.includes(value)
  if (adding === 'alone') return has && values.length === 1 ? [] : [value]
  return has ? values.filter((it) => it !== value) : [...values, value]
}

/** The photo room: which photos are asked for, which are selected, and what is done with them. */
export const usePhotoRoom = defineStore('photoRoom', () => {
  const api = useApi()
  const dataset = ref<string>()
  const classes = ref<number[]>([])
  const splits = ref<Split[]>([])
  const out = ref<boolean | null>(null)
  const findings = ref<FindingKind[]>([])
  const outcomes = ref<Outcome[]>([])
  const search = ref('')
  const only = shallowRef<readonly string[] | null>(null)
  const order = ref<PhotoOrder>('split')
  const descending = ref(false)
  const groupBy = ref<PhotoQuery['groupBy']>(null)
  const tile = ref(112)
  const view = ref<'grid' | 'list'>('grid')
  const marks = ref<PhotoMark[]>(['flag', 'split', 'answer'])
  const selected = shallowRef<ReadonlySet<string>>(new Set())
  const counts = shallowRef<PhotoCounts>()
  const heads = shallowRef<readonly PhotoHead[]>([])
  const grouping = shallowRef<Grouping>()
  const history = shallowRef<{
    items: readonly HistoryItem[]
    total: number
    undo: boolean
    redo: boolean
  }>()
  let listedActs = acts
  /** Grows with every act, so that what is shown is fetched anew. */
  const version = ref(0)

  const filter = computed(() => ({
    ...{ classes: classes.value, splits: splits.value, out: out.value, search: search.value },
    ...{ findings: findings.value, outcomes: outcomes.value },
    only: only.value === null ? null : [...only.value],
  }))
  const query = computed((): PhotoQuery | undefined =>
    dataset.value === undefined
      ? undefined
      : {
          ...{ dataset: dataset.value, ...filter.value },
          ...{ order: order.value, descending: descending.value, groupBy: groupBy.value },
        },
  )
  const isFiltered = computed(
    () =>
      [classes, splits, findings, outcomes].some((it) => it.value.length > 0) ||
      out.value !== null ||
      search.value !== '' ||
      only.value !== null,
  )

  function clear(): void {
    classes.value = []
    splits.value = []
    findings.value = []
    outcomes.value = []
    out.value = null
    search.value = ''
    only.value = null
    if (order.value === 'only') order.value = 'split'
  }

  function open(id: string | undefined): void {
    if (dataset.value === id) return
    dataset.value = id
    newest = 0
    heard = 0
    clear()
    selected.value = new Set()
    counts.value = undefined
    heads.value = []
    history.value = undefined
    listedActs = acts
    grouping.value = undefined
  }

  /** The newest acts, as many as are listed. */
  async function past(id: string) {
    const page = (offset: number) =>
      api.call('datasets.history', {
        ...{ dataset: id, offset },
        limit: Math.min(mostActs, listedActs - offset),
      })
    const found = await page(0)
    const items = [...found.items]
    while (items.length < Math.min(listedActs, found.total)) {
      const next = await page(items.length)
      // Another window has taken acts back meanwhile.
      if (next.items.length === 0) break
      items.push(...next.items)
    }
    return { ...found, items }
  }

  /** Lists acts from before those that are listed. @throws ThawError */
  async function showOlder(): Promise<void> {
    const id = dataset.value!
    listedActs += acts
    const found = await past(id)
    if (dataset.value === id) history.value = found
  }

  /** Counts, heads and history of what is asked for now. What a later question has overtaken is dropped. */
  let latest = 0
  async function refresh(): Promise<void> {
    const asked = query.value
    if (!asked) return
    latest += 1
    const own = latest
    const [counted, grouped, told, found] = await Promise.all([
      api.call('datasets.counts', { dataset: asked.dataset, ...filter.value }),
      asked.groupBy === null ? { heads: [] } : api.call('datasets.heads', asked),
      past(asked.dataset),
      api.call('datasets.groups', { dataset: asked.dataset }),
    ])
    if (own !== latest) return
    counts.value = counted
    heads.value = grouped.heads
    history.value = told
    grouping.value = found
  }

  /** The newest entry of the journal that `version` reflects, and one that was told of while an act of this window was under way. */
  let newest = 0
  let heard = 0
  let underWay = 0
  function takeIn(entry: number): void {
    if (entry <= newest) return
    newest = entry
    version.value += 1
  }
  // Another window, or another program, has decided something.
  api.on('datasets.decided', ({ dataset: id, entry }) => {
    if (id !== dataset.value) return
    if (underWay > 0) heard = Math.max(heard, entry)
    else takeIn(entry)
  })
  async function act(work: Promise<Decided>): Promise<Decided> {
    underWay += 1
    try {
      const decided = await work
      newest = Math.max(newest, decided.entry)
      version.value += 1
      return decided
    } finally {
      underWay -= 1
      if (underWay === 0) takeIn(heard)
    }
  }

  /** Decides something about photos, all selected ones unless told otherwise. @throws ThawError as datasets.decide */
  async function decide(wanted: Act, photos: readonly string[] = [...selected.value]): Promise<Decided> {
    return act(api.call('datasets.decide', { dataset: dataset.value!, photos: [...photos], act: wanted }))
  }

  /** @param only this act and no other; what is newer stays @throws ThawError act.nothing-to-undo, act.not-last */
  const undo = (only?: number): Promise<Decided> =>
    act(api.call('datasets.undo', { dataset: dataset.value!, ...(only !== undefined && { entry: only }) }))
  const redo = (): Promise<Decided> => act(api.call('datasets.redo', { dataset: dataset.value! }))

  /** Selects a photo besides the others, or no more. */
  function toggle(path: string): void {
    const next = new Set(selected.value)
    if (!next.delete(path)) next.add(path)
    selected.value = next
  }

  async function selectAll(): Promise<void> {
    if (query.value) selected.value = new Set((await api.call('datasets.paths', query.value)).paths)
  }

  return {
    ...{
      dataset,
      classes,
      splits,
      findings,
      outcomes,
      out,
      search,
      only,
      order,
      descending,
      groupBy,
      tile,
      view,
      marks,
    },
    ...{ selected, counts, heads, history, grouping, version, query, isFiltered },
    ...{ open, clear, refresh, showOlder, decide, selectAll, toggle },
    undo,
    redo,
    pickClass: (index: number, adding: Adding) => (classes.value = toggled(classes.value, index, adding)),
    pickSplit: (split: Split, adding: Adding) => (splits.value = toggled(splits.value, split, adding)),
    pickFinding: (kind: FindingKind, adding: Adding) =>
      (findings.value = toggled(findings.value, kind, adding)),
    pickOutcome: (outcome: Outcome, adding: Adding) =>
      (outcomes.value = toggled(outcomes.value, outcome, adding)),
    pickOut: (value: boolean) => (out.value = out.value === value ? null : value),
    select: (paths: Iterable<string>) => (selected.value = new Set(paths)),
  }
})
