import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ClashChoice, FilingAct, FilingSummary, How, LeftPhoto } from '../../shared/api/filing.ts'
import { isTagging } from '../../shared/api/filing.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { detailOf } from '../../shared/api/jobs.ts'
import type { Language } from '../../shared/language.ts'
import { isEnded, useJobs } from './jobs.ts'

export interface FilingSettings {
  how: How
  target: string
  pattern: string
  clash: 'number' | 'skip'
  prefix: string
  /** Of the names that ImageNet's classes get. */
  language: Language
  /** What a person decided about single photos whose name is taken, by path. */
  choices: Record<string, ClashChoice>
}

/** Acts are fetched this many at a time. */
const page = 1000

/** The list of what filing would do, what became of it, and what was filed before. */
export const useFiling = defineStore('filing', () => {
  const api = useApi()
  const jobs = useJobs()
  const plan = shallowRef<FilingSummary>()
  const acts = shallowRef<readonly FilingAct[]>([])
  const left = shallowRef<readonly LeftPhoto[]>([])
  const history = shallowRef<readonly FilingSummary[]>([])
  const error = shallowRef<PlainError>()
  const jobId = shallowRef<string>()
  /** A list of an earlier day is shown. */
  const isPast = shallowRef(false)

  const job = computed(() => (jobId.value === undefined ? undefined : jobs.byId.get(jobId.value)))
  const isRunning = computed(() => job.value !== undefined && !isEnded(job.value))

  /** Photos of the list that nothing has been done with yet. */
  const waiting = computed(
    () =>
      acts.value.filter(({ state, act, sidecar }) => state === 'planned' && act !== 'set-aside' && !sidecar)
        .length,
  )

  /** All that this list has done was taken back: what would be filed now is on another list. */
  const isTakenBack = computed(
    () =>
      plan.value?.done === 0 &&
      !isPast.value &&
      !isRunning.value &&
      acts.value.some(({ state }) => state === 'undone'),
  )

  async function reloadHistory(): Promise<void> {
    const { filings } = await api.call('filing.list', {})
    // Of a damaged list whose journal says nothing nobody knows what it has done.
    history.value = filings.filter(({ done, damaged, acts: known }) => done > 0 || (damaged && known === 0))
  }

  async function actsOf(filing: string): Promise<FilingAct[]> {
    const all: FilingAct[] = []
    for (;;) {
      const { acts: more, total } = await api.call('filing.acts', { filing, offset: all.length, limit: page })
      all.push(...more)
      if (more.length === 0 || all.length >= total) return all
    }
  }

  let asked = 0
  /** Makes a list anew; of two that are asked for at a time the later one is shown. */
  async function list(make: () => Promise<FilingSummary>): Promise<void> {
    asked += 1
    const own = asked
    error.value = undefined
    try {
      const made = await make()
      const stays = await api.call('filing.left', { filing: made.id, limit: page })
      const all = await actsOf(made.id)
      if (own !== asked) return
      acts.value = all
      left.value = stays.left
      plan.value = made
      isPast.value = false
      jobId.value = undefined
    } catch (failure) {
      if (own !== asked) return
      plan.value = undefined
      acts.value = []
      left.value = []
      error.value = plainError(failure)
    }
  }

  /** Shows no list: what was drawn elsewhere is not carried out from here. */
  function forget(): void {
    asked += 1
    plan.value = undefined
    acts.value = []
    left.value = []
    error.value = undefined
    isPast.value = false
  }

  /** Shows a list that was carried out before, or is being carried out, with what became of each photo. @throws ThawError */
  async function show(filing: string): Promise<void> {
    asked += 1
    const own = asked
    const [about, stays] = await Promise.all([
      api.call('filing.get', { filing }),
      api.call('filing.left', { filing, limit: page }),
    ])
    const all = await actsOf(filing)
    if (own !== asked) return
    acts.value = all
    error.value = undefined
    left.value = stays.left
    plan.value = about
    isPast.value = true
  }

  /** What runs is shown, so that a page that was reloaded finds its work again. @returns whether there is some */
  async function showRunning(): Promise<boolean> {
    const running = jobs.underWay('file', 'undo').at(-1)
    const { filing } = detailOf(running)
    if (!running || filing === undefined) return false
    await show(filing)
    jobId.value = running.id
    void jobs
      .result(running.kind as 'file' | 'undo', running.id)
      .catch(() => undefined)
      .then(() => refresh(filing))
    return true
  }

  /** Everything that filing a classification's photos would do. */
  const draw = (classification: string, { target, ...how }: FilingSettings) =>
    list(() => api.call('filing.plan', { classification, ...how, ...(isTagging(how.how) ? {} : { target }) }))
  /** Every move that brings a dataset's photos into the folders of their labels. */
  const drawFolders = (dataset: string) => list(() => api.call('filing.planFolders', { dataset }))

  async function refresh(filing: string): Promise<void> {
    if (plan.value?.id === filing) {
      const about = await api.call('filing.get', { filing })
      const all = await actsOf(filing)
      // Another list may be shown by now.
      if (plan.value.id === filing) {
        plan.value = about
        acts.value = all
      }
    }
    await reloadHistory()
  }

  /** Carries the list out that is shown. @returns how many photos were filed @throws ThawError */
  async function carryOut(): Promise<number> {
    const filing = plan.value!.id
    jobId.value = (await api.call('filing.file', { filing })).job
    try {
      return (await jobs.result('file', jobId.value)).done
    } finally {
      await refresh(filing)
    }
  }

  /** Takes a filing back, or some of its acts. @throws ThawError */
  async function undo(filing: string, only?: number[]): Promise<{ undone: number; kept: number }> {
    const { job: begun } = await api.call('filing.undo', { filing, ...(only && { acts: only }) })
    jobId.value = begun
    try {
      return await jobs.result('undo', begun)
    } finally {
      await refresh(filing)
    }
  }

  // Another window files too.
  api.on('filing.changed', () => void reloadHistory().catch(() => undefined))

  return {
    ...{ plan, acts, left, history, error, job, isRunning, isPast, isTakenBack, waiting },
    ...{ draw, drawFolders, forget, show, showRunning, carryOut, undo, reloadHistory },
  }
})
