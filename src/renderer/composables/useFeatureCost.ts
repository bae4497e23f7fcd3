import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { FeatureCost } from '../../shared/api/features.ts'
import type { ClassifyModel } from '../../shared/api/classify.ts'
import type { RunSummary } from '../../shared/run.ts'
import { useApi } from '../api.ts'
import { modelKey } from '../format/modelKey.ts'
import { useJobs } from '../stores/jobs.ts'

interface Looking {
  dataset: string
  /** undefined: not known yet. */
  model: ClassifyModel | undefined
  /** Rises whenever what is kept may have changed. */
  version: unknown
}

/** The architecture that a choice is of; undefined for a file, which alone knows it. */
const networkOf = (model: ClassifyModel | undefined, runs: readonly Pick<RunSummary, 'id' | 'network'>[]) => {
  if (!model) return undefined
  if ('backbone' in model) return model.backbone
  return 'run' in model ? runs.find(({ id }) => id === model.run)?.network : undefined
}

/**
 * What it costs to let a network look at a dataset's photos. One whose speed nobody has measured here is measured, in a few batches,
 * where there is something for it to do.
 */
export function useFeatureCost(
  looking: () => Looking,
  runs: () => readonly Pick<RunSummary, 'id' | 'network'>[],
) {
  const api = useApi()
  const jobs = useJobs()
  const cost = shallowRef<FeatureCost>()
  const isMeasuring = shallowRef(false)
  let isGone = false
  onScopeDispose(() => (isGone = true))

  const keyOf = ({ dataset, model }: Looking) => `${dataset} ${model ? modelKey(model) : ''}`
  const read = async (asked: string, { dataset, model }: Looking): Promise<FeatureCost | undefined> => {
    if (!model) return undefined
    const found = await api.call('features.cost', { dataset, model }).catch(() => undefined)
    if (asked === keyOf(looking())) cost.value = found
    return found
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

  watch(
    () => [keyOf(looking()), looking().version] as const,
    async ([asked], before) => {
      if (asked !== before?.[0]) cost.value = undefined
      const found = await read(asked, looking())
      const network = networkOf(looking().model, runs())
      const isKnown = !found || found.kept === found.photos || found.photosPerSecond !== null
      if (isKnown || isMeasuring.value || isGone || network === undefined) return
      if (await measured(network)) await read(keyOf(looking()), looking())
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
