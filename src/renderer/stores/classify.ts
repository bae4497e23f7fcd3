import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type {
  ClassificationSummary,
  ClassifyModel,
  Review,
  Reviewed,
  ReviewSettings,
} from '../../shared/api/classify.ts'
import { plainError } from '../../shared/errors.ts'
import type { PlainError } from '../../shared/errors.ts'
import { useApi } from '../api.ts'
import { isEnded, useJobs } from './jobs.ts'

/** Answers are fetched this many at a time. */
const page = 1000

/** The classification that is looked at, its answers as they come, and what would be made of them. */
export const useClassify = defineStore('classify', () => {
  const api = useApi()
  const jobs = useJobs()
  const model = shallowRef<ClassifyModel>()
  const mirrored = ref(false)
  const id = ref<string>()
  const summary = shallowRef<ClassificationSummary>()
  const answers = shallowRef<readonly Reviewed[]>([])
  const review = shallowRef<Review>()
  const kept = shallowRef<readonly ClassificationSummary[]>([])
  const error = shallowRef<PlainError>()

  const job = computed(() => (id.value === undefined ? undefined : jobs.byId.get(id.value)))
  const isRunning = computed(() => job.value !== undefined && !isEnded(job.value))
  const tray = computed(() =>
    answers.value.filter(({ verdict }) => verdict === 'unsure' || verdict === 'stranger'),
  )

  async function reloadKept(): Promise<void> {
    kept.value = (await api.call('classify.list', {})).classifications
  }

  let loading: Promise<void> | undefined
  let again = false
  /** Fetches what has come since, one after the other, and what would be made of it. */
  function load(): Promise<void> {
    again = loading !== undefined
    loading ??= fetchRest().finally(() => {
      loading = undefined
      if (again) void load()
    })
    return loading
  }

  async function fetchRest(): Promise<void> {
    const own = id.value
    if (own === undefined) return
    try {
      for (;;) {
        const from = answers.value.length
        const more = await api.call('classify.answers', { classification: own, from, limit: page })
        if (id.value !== own) return
        if (more.answers.length > 0) answers.value = [...answers.value, ...more.answers]
        if (more.done) break
      }
      const [about, made] = await Promise.all([
        api.call('classify.get', { classification: own }),
        api.call('classify.review', { classification: own }),
      ])
      if (id.value !== own) return
      summary.value = about
      review.value = made
    } catch (failure) {
      // A job that waits has nothing to show yet.
      if (id.value === own && !isRunning.value) error.value = plainError(failure)
    }
  }

  function forget(): void {
    summary.value = undefined
    answers.value = []
    review.value = undefined
    error.value = undefined
  }

  /** Shows a classification that is kept or under way; undefined: none. */
  async function open(classification: string | undefined): Promise<void> {
    const isShown = id.value === classification && summary.value !== undefined
    id.value = classification
    if (!isShown) forget()
    await load()
    // Another window may have judged or decided meanwhile.
    if (isShown) await reread()
  }

  /** @returns the classification @throws ThawError */
  async function begin(
    paths: string[],
    {
      byDefault = false,
      ...more
    }: { watch?: boolean; name?: string; /** Whoever the settings name answers. */ byDefault?: boolean } = {},
  ): Promise<string> {
    const begun = await api.call('classify.begin', {
      paths,
      ...(model.value && !byDefault && { model: model.value }),
      mirrored: mirrored.value,
      times: true,
      ...more,
    })
    await open(begun.classification)
    return begun.classification
  }

  /** Judges all answers anew. */
  async function judge(settings: ReviewSettings): Promise<void> {
    const own = id.value
    if (own === undefined) return
    const made = await api.call('classify.review', { classification: own, settings })
    if (id.value !== own) return
    review.value = made
    await reread()
  }

  /** How often a person changed an answer here. */
  let changes = 0

  async function reread(): Promise<void> {
    const own = id.value
    if (own === undefined) return
    let all: Reviewed[]
    let seen: number
    do {
      seen = changes
      all = []
      for (;;) {
        const from = all.length
        const more = await api.call('classify.answers', { classification: own, from, limit: page })
        all.push(...more.answers)
        if (more.done || more.answers.length === 0) break
      }
      // What a person decides meanwhile is not in what was read.
    } while (seen !== changes && id.value === own)
    if (id.value === own) answers.value = all
  }

  const put = (index: number, change: Partial<Reviewed>) => {
    changes++
    answers.value = answers.value.map((one) => (one.index === index ? { ...one, ...change } : one))
  }

  /** What a person says a photo shows, seen at once; null: none of the classes. @returns takes it back @throws ThawError */
  async function decide(photo: Reviewed, answer: string | null): Promise<() => Promise<void>> {
    const classification = id.value!
    const { index, verdict, answer: before } = photo
    const undone = { answer: before, verdict }
    const decided = { answer, verdict: answer === null ? 'none' : 'decided' } as const
    put(index, decided)
    try {
      await api.call('classify.decide', { classification, decisions: [{ index, answer }] })
    } catch (failure) {
      if (id.value === classification) put(index, undone)
      throw failure
    }
    // What was read meanwhile did not know of it.
    if (id.value === classification) put(index, decided)
    return async () => {
      await api.call('classify.decide', { classification, decisions: [], undecided: [index] })
      if (id.value === classification) put(index, undone)
    }
  }

  watch(
    () => [job.value?.state, job.value?.progress?.done],
    () => {
      if (job.value) void load()
    },
  )
  api.on('classify.changed', () => void reloadKept().catch(() => undefined))

  return {
    ...{ model, mirrored, id, summary, answers, review, kept, error, job, isRunning, tray },
    ...{ reloadKept, open, begin, judge, decide },
  }
})
