import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch, watchEffect } from 'vue'
import { z } from 'zod'
import { RunConfig } from '../../shared/config.ts'
import { withClasses } from '../../shared/model/layers.ts'
import { Plan } from '../../shared/model/plan.ts'
import { countChanges } from '../../shared/model/planEdit.ts'
import { planChoiceOf, presetNames, presetStages } from '../../shared/model/presets.ts'
import type { PlanStage, PresetName } from '../../shared/model/presets.ts'
import { architectureOf, architectures, namedPlan, networkOf } from '../../shared/model/registry.ts'
import { fitted, recipePreparation } from '../../shared/preparation.ts'
import type { Network } from '../../shared/model/spec.ts'
import { useApi } from '../api.ts'
import { useDatasets } from './datasets.ts'
import { useMessages } from './messages.ts'
import { useModels } from './models.ts'

/** What the wizard holds; plan and thawing stand in `stages`, apart from the other settings. */
const Draft = z.object({
  dataset: z.string().nullable(),
  name: z.string(),
  preset: z.enum(presetNames),
  stages: z.array(z.object({ epoch: z.int().min(1), plan: Plan })).min(1),
  config: RunConfig,
})
export interface Draft {
  dataset: string | null
  name: string
  preset: PresetName
  stages: readonly PlanStage[]
  config: RunConfig
}

/** How many classes are drawn before there are photos. */
const classesWithoutPhotos = 2
/** Milliseconds of rest before a change is kept. */
const rest = 300
/** Enough epochs to see a curve; with a frozen body they take seconds. */
const defaultEpochs = 5

/** What an undo of the plan brings back. Other settings stay; epochs come back only where the act itself has raised them. */
interface Snapshot extends Pick<Draft, 'preset' | 'stages'> {
  epochs?: number
}

export function newDraft(): Draft {
  const config = RunConfig.parse({ epochs: defaultEpochs })
  const stages = presetStages(networkOf(config.backbone), 'quick')
  return { dataset: null, name: '', preset: 'quick', stages, config }
}

/** A draft that was kept, or undefined if this version cannot read it. */
export function readDraft(kept: unknown): Draft | undefined {
  const parsed = Draft.safeParse(kept)
  if (!parsed.success || !Object.hasOwn(architectures, parsed.data.config.backbone)) return undefined
  return parsed.data
}

/** A draft that would do a run again: settings, plan and stages as they were. */
export function draftOfRun(
  config: RunConfig,
  { name, classes }: { name: string; classes: readonly string[] },
  dataset: string | null,
): Partial<Draft> {
  const network = withClasses(networkOf(config.backbone), classes.length)
  const planOf = (plan: RunConfig['plan']) => (typeof plan === 'string' ? namedPlan(network, plan) : plan)
  const stages = [
    { epoch: 1, plan: planOf(config.plan) },
    ...config.thaw.map(({ epoch, plan }) => ({ epoch, plan: planOf(plan) })),
  ]
  return { name, stages, config, ...(dataset !== null && { dataset }) }
}

/** The run that the draft describes, on the network as it will be trained. */
export function runConfigOf(
  network: Network,
  { stages, config }: Pick<Draft, 'stages' | 'config'>,
): RunConfig {
  const [first, ...later] = stages.map(({ epoch, plan }) => ({ epoch, plan: planChoiceOf(network, plan) }))
  return { ...config, plan: first!.plan, thaw: later }
}

/** The training that is being prepared: kept as it is changed, and found again at the next start. */
export const useDraft = defineStore('draft', () => {
  const api = useApi()
  const datasets = useDatasets()
  const messages = useMessages()
  const models = useModels()
  const draft = shallowRef<Draft>(newDraft())
  const isLoaded = ref(false)

  const dataset = computed(() => datasets.all.find(({ id }) => id === draft.value.dataset))
  const network = computed(() =>
    withClasses(
      networkOf(draft.value.config.backbone),
      dataset.value?.classes.length ?? classesWithoutPhotos,
    ),
  )
  /** Weight files at hand that fit the chosen network. */
  const fitting = computed(() =>
    models.weights.filter(({ network, present }) => present && network === draft.value.config.backbone),
  )
  /** The file that the run begins with: the chosen one, else the published one (null), else the first of the person's own that fits. */
  const weights = computed(() => {
    const chosen = draft.value.config.weights
    if (chosen !== null || fitting.value.some(({ source }) => source !== 'own')) return chosen
    return fitting.value[0]?.file ?? null
  })
  /** How photos will be prepared. A file that is not in the list is prepared for as the recipe has it, unless it says otherwise. */
  const preparation = computed(() => {
    const { backbone, preparation: own, fit } = draft.value.config
    const file = weights.value
    const entry = fitting.value.find((it) => it.file === file)
    const unknown = file === null ? architectureOf(backbone).preparation : recipePreparation
    return fitted(own ?? entry?.preparation ?? unknown, fit)
  })
  /** The stages that the run comes to: one that begins after its last epoch changes nothing. */
  const reached = computed(() =>
    draft.value.stages.filter(({ epoch }) => epoch <= Math.max(1, draft.value.config.epochs)),
  )
  const runConfig = computed(() => ({
    ...runConfigOf(network.value, draft.value),
    weights: weights.value,
  }))
  const changes = computed(() => {
    const preset = presetStages(network.value, draft.value.preset)
    return draft.value.stages.reduce(
      (sum, { plan }, index) => sum + countChanges(network.value, preset[index]?.plan ?? {}, plan),
      0,
    )
  })

  const loading = api
    .call('draft.get', {})
    .then(({ draft: kept }) => {
      draft.value = readDraft(kept) ?? newDraft()
    })
    .catch(messages.failed)
    .finally(() => (isLoaded.value = true))

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(draft, (changed) => {
    if (!isLoaded.value) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      // Through JSON: what is kept is plain data, whatever Vue has made of it.
      const plain = JSON.parse(JSON.stringify(changed)) as z.infer<ReturnType<typeof z.json>>
      api.call('draft.set', { draft: plain }).catch(messages.failed)
    }, rest)
  })

  const change = (patch: Partial<Draft>) => (draft.value = { ...draft.value, ...patch })
  const changeConfig = (patch: Partial<RunConfig>) => change({ config: { ...draft.value.config, ...patch } })

  /** What the layers learn as it was before each act, and what was taken back: it outlives the step that shows it. */
  const past = shallowRef<readonly Snapshot[]>([])
  const future = shallowRef<readonly Snapshot[]>([])
  const snapshot = (withEpochs: boolean): Snapshot => {
    const { preset, stages, config } = draft.value
    return { preset, stages, ...(withEpochs && { epochs: config.epochs }) }
  }
  /** To be called before an act. @param withEpochs the act may raise them */
  function remember(withEpochs = false): void {
    past.value = [...past.value, snapshot(withEpochs)]
    future.value = []
  }
  const bringBack = ({ preset, stages, epochs = draft.value.config.epochs }: Snapshot) =>
    change({ preset, stages, config: { ...draft.value.config, epochs } })
  function forget(): void {
    past.value = future.value = []
  }

  function undo(): void {
    const last = past.value.at(-1)
    if (!last) return
    future.value = [...future.value, snapshot(last.epochs !== undefined)]
    past.value = past.value.slice(0, -1)
    bringBack(last)
  }

  function redo(): void {
    const next = future.value.at(-1)
    if (!next) return
    past.value = [...past.value, snapshot(next.epochs !== undefined)]
    future.value = future.value.slice(0, -1)
    bringBack(next)
  }

  /** Epochs that a preset raised to have as many as it has steps. */
  let raised: { from: number; to: number } | undefined

  /** Takes a preset as it is. One that thaws step by step gets as many epochs as it has steps, until another one is taken. */
  function choosePreset(preset: PresetName): void {
    const { config } = draft.value
    const stages = presetStages(network.value, preset)
    const own = config.epochs === raised?.to ? raised.from : config.epochs
    const needed = stages.at(-1)!.epoch
    raised = needed > own ? { from: own, to: needed } : undefined
    change({ preset, stages, config: { ...config, epochs: Math.max(own, needed) } })
  }

  /** Another network has other layers: the plan starts from its preset again. */
  function chooseNetwork(backbone: string, weights: string | null): void {
    const { config, preset } = draft.value
    if (backbone === config.backbone) changeConfig({ weights })
    else {
      forget()
      change({
        config: { ...config, backbone, weights, preparation: null },
        stages: presetStages(networkOf(backbone), preset),
      })
    }
  }

  /** Waits for what was kept, so that it cannot come in later. */
  async function chooseDataset(id: string): Promise<void> {
    await loading
    if (id !== draft.value.dataset)
      change({ dataset: id, config: { ...draft.value.config, classWeights: null } })
  }

  // A sound default: the photos that were added last and can be trained on.
  watchEffect(() => {
    if (!isLoaded.value || dataset.value || datasets.loaded.state !== 'ready') return
    const usable = datasets.all.filter(({ present, problem }) => present && !problem)
    const newest = usable.toSorted((a, b) => b.added.localeCompare(a.added))[0]
    if (newest) void chooseDataset(newest.id)
  })

  function reset(): void {
    forget()
    draft.value = { ...newDraft(), dataset: draft.value.dataset }
  }

  return {
    draft,
    isLoaded,
    dataset,
    network,
    fitting,
    weights,
    preparation,
    reached,
    runConfig,
    changes,
    past,
    future,
    remember,
    undo,
    redo,
    change,
    changeConfig,
    choosePreset,
    chooseNetwork,
    chooseDataset,
    reset,
  }
})
