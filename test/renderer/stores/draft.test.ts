import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createApp } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { RunConfig } from '../../../src/shared/config.ts'
import { networkOf } from '../../../src/shared/model/registry.ts'
import { apiKey } from '../../../src/renderer/api.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { newDraft, readDraft, runConfigOf, useDraft } from '../../../src/renderer/stores/draft.ts'
import { useWizard } from '../../../src/renderer/stores/wizard.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeCalls } from '../support/fakeApi.ts'
import { someDataset, starterWeights } from '../support/samples.ts'

function start(calls: FakeCalls) {
  const api = fakeApi(calls)
  const pinia = createPinia()
  createApp({}).provide(apiKey, api).use(pinia).use(i18n)
  setActivePinia(pinia)
  return api
}
const withPhotos: FakeCalls = {
  'datasets.list': () => ({ datasets: [someDataset] }),
  'models.list': () => ({ weights: [starterWeights], offers: [] }),
}

beforeEach(() => {
  vi.useRealTimers()
})

describe('a new draft', () => {
  it('is a run that could be started', () => {
    const config = runConfigOf(networkOf('efficientnet-lite0'), newDraft())
    expect(config.plan).toBe('head-only')
    expect(RunConfig.parse(config)).toEqual(config)
    expect(config.backbone).toBe('efficientnet-lite0')
    expect(config.epochs).toBeGreaterThan(0)
  })

  it('takes the photos that were added last, and nothing is in the way', async () => {
    start(withPhotos)
    const [draft, wizard] = [useDraft(), useWizard()]
    await flushPromises()
    expect(draft.dataset?.id).toBe(someDataset.id)
    expect(wizard.problems).toEqual({})
  })

  it('says what is missing, step by step', async () => {
    start({})
    useDraft()
    const wizard = useWizard()
    await flushPromises()
    expect(wizard.problems).toEqual({ photos: 'train.noDataset', network: 'train.noWeights' })
  })
})

describe('a draft', () => {
  it('is found again, and what cannot be read is begun anew', () => {
    const draft = { ...newDraft(), name: 'mine' }
    expect(readDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft)
    expect(readDraft(null)).toBeUndefined()
    expect(readDraft({ name: 'old' })).toBeUndefined()
    expect(readDraft({ ...draft, config: { ...draft.config, backbone: 'gone' } })).toBeUndefined()
  })

  it('is kept a moment after it was changed, as plain data', async () => {
    const api = start(withPhotos)
    const draft = useDraft()
    await flushPromises()
    draft.changeConfig({ epochs: 7 })
    await vi.waitFor(() => expect(api.made.at(-1)?.call).toBe('draft.set'))
    expect(api.made.at(-1)?.input).toMatchObject({ draft: { config: { epochs: 7 } } })
  })

  it('has as many epochs as a preset has steps, and its own again with the next preset', async () => {
    start(withPhotos)
    const draft = useDraft()
    await flushPromises()
    const { epochs } = draft.draft.config
    draft.choosePreset('careful')
    expect(draft.draft.config.epochs).toBeGreaterThan(epochs)
    draft.choosePreset('recipe')
    expect(draft.draft.config.epochs).toBe(epochs)
    draft.choosePreset('careful')
    draft.changeConfig({ epochs: 30 })
    draft.choosePreset('recipe')
    expect(draft.draft.config.epochs).toBe(30)
  })

  it('gives a plan that thaws step by step as many epochs as it has steps', async () => {
    start(withPhotos)
    const draft = useDraft()
    await flushPromises()
    draft.changeConfig({ epochs: 1 })
    draft.choosePreset('careful')
    const { thaw, epochs } = draft.runConfig
    expect(thaw.length).toBeGreaterThan(1)
    expect(epochs).toBe(thaw.at(-1)!.epoch)
  })

  it('begins the plan anew with another network', async () => {
    start(withPhotos)
    const draft = useDraft()
    await flushPromises()
    draft.choosePreset('recipe')
    draft.chooseNetwork('vgg16', null)
    expect(draft.draft.stages[0]!.plan).toHaveProperty('features')
    expect(draft.changes).toBe(0)
  })

  it('takes back what layers were told to learn, act by act, and leaves other settings as they are', async () => {
    start(withPhotos)
    const draft = useDraft()
    await flushPromises()
    const before = draft.draft.stages
    draft.remember()
    draft.change({ stages: [{ epoch: 1, plan: { classifier: { learningRate: 0.5 } } }] })
    draft.changeConfig({ batch: 7, epochs: 9 })
    draft.undo()
    expect(draft.draft).toMatchObject({ stages: before, config: { batch: 7, epochs: 9 } })
    draft.redo()
    expect(draft.draft).toMatchObject({
      stages: [{ plan: { classifier: { learningRate: 0.5 } } }],
      config: { batch: 7 },
    })
    draft.redo()
    expect(draft.draft.stages[0]!.plan).toEqual({ classifier: { learningRate: 0.5 } })
  })

  it('takes back the epochs too that a preset has raised', async () => {
    start(withPhotos)
    const draft = useDraft()
    await flushPromises()
    const { epochs } = draft.draft.config
    draft.remember(true)
    draft.choosePreset('careful')
    const raised = draft.draft.config.epochs
    expect(raised).toBeGreaterThan(epochs)
    draft.undo()
    expect(draft.draft).toMatchObject({ preset: 'quick', config: { epochs } })
    draft.redo()
    expect(draft.draft).toMatchObject({ preset: 'careful', config: { epochs: raised } })
  })

  it('forgets what could be taken back with the network whose layers it was about', async () => {
    start(withPhotos)
    const draft = useDraft()
    await flushPromises()
    draft.remember()
    draft.chooseNetwork('vgg16', null)
    draft.undo()
    expect(draft.draft.config.backbone).toBe('vgg16')
    expect(draft.past).toEqual([])
  })

  it('cannot be started when every layer is frozen', async () => {
    start(withPhotos)
    const [draft, wizard] = [useDraft(), useWizard()]
    await flushPromises()
    draft.change({ stages: [{ epoch: 1, plan: {} }] })
    expect(wizard.problems.layers).toBe('train.nothingLearns')
  })
})
