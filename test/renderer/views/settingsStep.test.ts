import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RouterView } from 'vue-router'
import { newDraft, useDraft } from '../../../src/renderer/stores/draft.ts'
import { resolvePlan } from '../../../src/shared/model/plan.ts'
import type { RunSettings } from '../../../src/shared/config.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, control, press, text } from '../support/page.ts'
import { someDataset } from '../support/samples.ts'

beforeAll(layOut)

async function open(config: RunSettings = {}): Promise<void> {
  const draft = { ...newDraft(), config: { ...newDraft().config, ...config } }
  const api = fakeApi({
    'datasets.list': () => ({ datasets: [someDataset] }),
    'draft.get': () => ({ draft: JSON.parse(JSON.stringify(draft)) as never }),
  })
  await mountRoom(RouterView, { api, at: '/train/settings' })
  await flushPromises()
}
const config = () => useDraft().runConfig
const field = (label: string) => document.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`)!
async function type(label: string, value: string): Promise<void> {
  field(label).value = value
  field(label).dispatchEvent(new Event('input'))
  await flushPromises()
}
async function choose(label: string, value: string): Promise<void> {
  const select = document.querySelector<HTMLSelectElement>(`select[aria-label="${label}"]`)!
  select.value = value
  select.dispatchEvent(new Event('change'))
  await flushPromises()
}
const folded = () => document.querySelector('details')!

describe('at first', () => {
  it('there are few settings; the others are folded away', async () => {
    await open()
    const plain = all('input').filter((it) => !folded().contains(it))
    expect(plain.map((it) => it.getAttribute('aria-label'))).toEqual(['Epochs', 'Photos a step'])
    expect(folded().open).toBe(false)
  })

  it('they are unfolded where something in them was changed, with its count', async () => {
    await open({ labelSmoothing: 0.1, optimizer: 'adamw' })
    expect(folded().open).toBe(true)
    expect(control(/^All settings/).textContent).toContain('2 changes')
  })
})

describe('all settings', () => {
  beforeEach(() => open())

  it('reach the run that is started', async () => {
    await type('Epochs', '9')
    await type('Photos a step', '16')
    await choose('Optimizer', 'adamw')
    await type('Weight decay', '0.01')
    await choose('Rate over time', 'cosine')
    await type('Warm-up steps', '20')
    await type('Label smoothing', '0.1')
    await press('balanced')
    await press('Clip the gradient')
    await press('Moving average of the weights')
    await press('Stop early')
    await type('Epochs of patience', '3')
    await type('Parts a batch', '2')
    await type('Seed', '7')
    await press('fast')
    await press('Keep what frozen layers compute')
    await type('Checkpoint every', '2.5')
    await type('Kept epochs take at most', '300')
    await type('An epoch is kept every', '4')
    expect(config()).toMatchObject({
      epochs: 9,
      batch: 16,
      optimizer: 'adamw',
      weightDecay: 0.01,
      schedule: { kind: 'cosine' },
      warmup: 20,
      labelSmoothing: 0.1,
      classWeights: 'balanced',
      clip: 1,
      movingAverage: 0.999,
      earlyStopping: { metric: 'accuracy', patience: 3 },
      accumulate: 2,
      seed: 7,
      precision: 'fast',
      cache: false,
      ...{ checkpointMinutes: 2.5, keepMegabytes: 300, keepEvery: 4 },
    })
  })

  it('ask for no distance between kept epochs where none is kept', async () => {
    await type('Kept epochs take at most', '0')
    expect(field('An epoch is kept every')).toBeNull()
    expect(config().keepMegabytes).toBe(0)
  })

  it('take no number that does not fit, and say which do', async () => {
    await type('Epochs', '-1')
    expect(all('[role="alert"]')[0]!.textContent).toBe('0 to 100000')
    expect(config().epochs).toBe(5)
    field('Epochs').dispatchEvent(new Event('blur'))
    await flushPromises()
    expect(field('Epochs').value).toBe('5')
  })

  it('come back to what they were', async () => {
    await type('Epochs', '50')
    await choose('Optimizer', 'adam')
    await press('Back to the defaults')
    expect(config()).toMatchObject({ epochs: 5, optimizer: 'sgd' })
  })
})

describe('gradual thawing', () => {
  beforeEach(() => open())

  it('begins with a second plan from the next epoch on, which can be moved and taken away', async () => {
    await press('Thaw more from a later epoch')
    await type('First epoch of step 2', '3')
    expect(config().thaw).toEqual([{ epoch: 3, plan: 'head-only' }])
    await press('Thaw more from a later epoch')
    expect(config().thaw.map(({ epoch }) => epoch)).toEqual([3, 4])
    await type('First epoch of step 2', '4')
    expect(config().thaw.map(({ epoch }) => epoch)).toEqual([3, 4])
    await press('Take away the step at epoch 3')
    expect(config().thaw.map(({ epoch }) => epoch)).toEqual([4])
  })

  it('tells how much learns from when on, and of steps after the last epoch', async () => {
    const { network } = useDraft()
    const careful = useDraft()
    careful.choosePreset('careful')
    careful.changeConfig({ epochs: 2 })
    await flushPromises()
    const last = careful.draft.stages.at(-1)!
    const learns = resolvePlan(network, last.plan).learns.toLocaleString('en')
    expect(text()).toContain(`From epoch ${last.epoch}${learns} learn`)
    expect(text()).toContain('From epoch 3 on more would thaw, but the last epoch is 2.')
  })
})
