import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { FeaturesBy } from '../../shared/api/features.ts'
import type { KeptFinding } from '../../shared/api/findings.ts'
import type { FindingKind } from '../../shared/findings.ts'
import { findingKinds } from '../../shared/findings.ts'
import { useApi } from '../api.ts'
import { useJobTask } from '../composables/useTask.ts'
import { useFeatures } from './features.ts'
import { isEnded, useJobs } from './jobs.ts'

/** What a check found in a dataset, and what of it is worked off. */
export const useFindings = defineStore('findings', () => {
  const api = useApi()
  const jobs = useJobs()
  const dataset = ref<string>()
  const checked = ref<string | null>(null)
  const all = shallowRef<readonly KeptFinding[]>([])
  /** Whose features the last check had. */
  const by = shallowRef<FeaturesBy | null>(null)
  const features = useFeatures()
  const checking = useJobTask('check')

  async function open(id: string): Promise<void> {
    if (dataset.value !== id) {
      all.value = []
      checked.value = null
      by.value = null
    }
    dataset.value = id
    const found = await api.call('findings.get', { dataset: id })
    // Another one may have been opened meanwhile.
    if (dataset.value !== id) return
    checked.value = found.checked
    by.value = found.by
    all.value = found.findings
  }

  /** The check under way, whichever window began it. */
  const job = computed(() => {
    const own = checking.job.value
    return own && !isEnded(own) ? own : jobs.underWay('check').at(-1)
  })

  async function check(name: string): Promise<void> {
    const id = dataset.value!
    await checking.start({ dataset: id, model: features.model }, name)
    if (dataset.value === id) await open(id)
  }

  async function dismiss(findings: readonly string[], dismissed: boolean): Promise<void> {
    await api.call('findings.dismiss', { dataset: dataset.value!, findings: [...findings], dismissed })
    const ids = new Set(findings)
    all.value = all.value.map((it) => (ids.has(it.id) ? { ...it, dismissed } : it))
  }

  /** Kinds that were found, each with how many are open. */
  const kinds = computed((): { kind: FindingKind; open: number }[] =>
    findingKinds
      .map((kind) => ({ kind, found: all.value.filter((it) => it.finding === kind) }))
      .filter(({ found }) => found.length > 0)
      .map(({ kind, found }) => ({ kind, open: found.filter((it) => !it.dismissed).length })),
  )

  /** Undefined before the first check: none are known then, which is not that there are none. */
  const openCount = computed(() =>
    checked.value === null ? undefined : all.value.filter((it) => !it.dismissed).length,
  )

  return {
    dataset,
    checked,
    by,
    all,
    kinds,
    openCount,
    job,
    error: checking.error,
    open,
    check,
    dismiss,
    cancel: () => (job.value ? jobs.cancel(job.value.id) : Promise.resolve({})),
  }
})
