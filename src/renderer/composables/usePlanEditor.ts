import { computed, ref, watch } from 'vue'
import { freezeStates } from '../../shared/model/planEdit.ts'
import type { Plan } from '../../shared/model/plan.ts'
import { resolveNodes } from '../../shared/model/plan.ts'
import type { PresetName } from '../../shared/model/presets.ts'
import type { Network } from '../../shared/model/spec.ts'
import { useDraft } from '../stores/draft.ts'
import type { Draft } from '../stores/draft.ts'

/** The plan of the stage in view, and edits to it. */
export function usePlanEditor() {
  const store = useDraft()
  const stageAt = ref(0)

  const stage = computed(() => store.draft.stages[stageAt.value] ?? store.draft.stages[0]!)
  const plan = computed(() => stage.value.plan)
  const states = computed(() => freezeStates(store.network, plan.value))
  const resolved = computed(() => resolveNodes(store.network, plan.value))

  watch(
    () => store.draft.stages.length,
    (stages) => (stageAt.value = Math.min(stageAt.value, stages - 1)),
  )

  function edit(change: (network: Network, plan: Plan) => Plan): void {
    const next = change(store.network, plan.value)
    if (JSON.stringify(next) === JSON.stringify(plan.value)) return
    store.remember()
    store.change({
      stages: store.draft.stages.map((it, index) => (index === stageAt.value ? { ...it, plan: next } : it)),
    })
  }

  const changeStages = (stages: Draft['stages']) => {
    store.remember()
    store.change({ stages })
  }

  /** One more step of thawing, an epoch after the last: as that one, until something is changed. */
  function addStage(): void {
    const last = store.draft.stages.at(-1)!
    changeStages([...store.draft.stages, { epoch: last.epoch + 1, plan: last.plan }])
    stageAt.value = store.draft.stages.length - 1
  }

  const removeStage = (index: number) => changeStages(store.draft.stages.filter((_, at) => at !== index))

  const setStageEpoch = (index: number, epoch: number) =>
    changeStages(store.draft.stages.map((it, at) => (at === index ? { ...it, epoch } : it)))

  function choosePreset(preset: PresetName): void {
    store.remember(true)
    stageAt.value = 0
    store.choosePreset(preset)
  }

  return {
    stageAt,
    plan,
    states,
    resolved,
    edit,
    addStage,
    removeStage,
    setStageEpoch,
    choosePreset,
  }
}
