import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { FeatureCost } from '../../shared/api/features.ts'
import type { ClassifyModel } from '../../shared/api/classify.ts'
import { useApi } from '../api.ts'
import { modelKey } from '../format/modelKey.ts'
import { useJobs } from '../stores/jobs.ts'

interface Looking {
  dataset: string
  /** undefined: not known yet. */
  model: ClassifyModel | undefined
  /** Its architecture; undefined: not known yet. */
  network: string | undefined
  /** Rises whenever what is kept may have changed. */
  version: unknown
}

/**
 * What it costs to let a network look at a dataset's photos. One whose speed nobody has measured here is measured, in a few batches,
 * where there is something for it to do.
 */
export function useFeatureCost(looking: () => Looking) {
  const api = useApi()
  const jobs = useJobs()
  const cost = shallowRef<FeatureCost>()
  const isMeasuring = shallowRef(false)
  let isGone = false
  onScopeDispose(() => (isGone = true))

  const keyOf = ({ dataset, model }: Looking) => `${dataset} ${model ? modelKey(model) : ''}`
  const read = async (asked: string, { dataset, model }: Looking): Promise<void> => {
    if (!model) return
    const found = await api.call('features.cost', { dataset, model }).catch(() => undefined)
    if (asked === keyOf(looking())) cost.value = found
  }

  async function measured(network: string): Promise<boolean> {
    isMeasuring.value = true
    try {
      await jobs.result('speed', await jobs.start('speed', { network }, network))
      return true
    } catch {
      return false
    } finally {
      isMeasuring.value = false
    }
  }

  /** Whether there is something to do, and nobody knows how long it takes. */
  const isUnmeasured = () =>
    cost.value !== undefined && cost.value.kept < cost.value.photos && cost.value.photosPerSecond === null

  async function lookAgain(): Promise<void> {
    await read(keyOf(looking()), looking())
    const { network } = looking()
    if (isMeasuring.value || isGone || network === undefined || !isUnmeasured()) return
    if (await measured(network)) await read(keyOf(looking()), looking())
    // Another one may have been chosen meanwhile.
    if (network !== looking().network) await lookAgain()
  }

  watch(
    () => [keyOf(looking()), looking().network, looking().version] as const,
    ([asked], before) => {
      if (asked !== before?.[0]) cost.value = undefined
      void lookAgain()
    },
    { immediate: true },
  )

  /** Photos that are not looked at yet; undefined: not known. */
  const missing = computed(() => cost.value && cost.value.photos - cost.value.kept)
  const seconds = computed(() => {
    const { photosPerSecond = null } = cost.value ?? {}
    return photosPerSecond === null || missing.value === undefined
      ? undefined
      : missing.value / photosPerSecond
  })
  return { cost, missing, seconds, isMeasuring }
}
