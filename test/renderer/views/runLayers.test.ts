import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import { scoreOf } from '../../../src/shared/metrics.ts'
import RunLayers from '../../../src/renderer/views/run/RunLayers.vue'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { press, text } from '../support/page.ts'
import { someRun } from '../support/samples.ts'

beforeAll(layOut)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  return () => vi.useRealTimers()
})

let api: FakeApi

async function open(calls: FakeCalls = {}): Promise<void> {
  api = fakeApi({
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'runs.movement': () => ({
      tensors: [
        { name: 'classifier.weight', moved: 0.3, start: 3 },
        { name: 'classifier.bias', moved: 0.4, start: 4 },
        { name: 'conv_stem.weight', moved: 0, start: 5 },
      ],
    }),
    'runs.melt': () => ({
      score: scoreOf(60, 140, 153),
      learnt: scoreOf(30, 147, 153),
      confusion: [],
      from: 'global_pool',
      flips: [{ photo: 'val/ants/1.jpg', truth: 0, before: 0, after: 1, truthProbability: 0.4 }],
    }),
    'runs.meltSave': () => ({ download: 'melted', bytes: 1 }),
    'runs.pictures': ({ photos }) => ({ dataset: null, pictures: photos.map(() => null) }),
    ...calls,
  })
  await mountRoom(RunLayers, { api, at: `/runs/${someRun.id}/layers` })
  await flushPromises()
}
const made = (call: string) => api.made.filter((it) => it.call === call)
const row = (node: string) => document.querySelector(`tr[data-node="${node}"]`)!

async function slide(node: string, share: number): Promise<void> {
  const slider = row(node).querySelector('input')!
  slider.value = String(share)
  slider.dispatchEvent(new Event('input'))
  await flushPromises()
}

it('says how far each layer has moved: all its parameters together', async () => {
  await open()
  expect(row('classifier').textContent).toContain('10.0%')
  expect(row('conv_stem').textContent).toContain('not moved')
  expect(row('conv_stem').querySelector('input')).toBeNull()
})

it('asks once for where a slider came to rest, and shows what is answered otherwise', async () => {
  await open()
  await slide('classifier', 0.25)
  await slide('classifier', 0.5)
  await vi.advanceTimersByTimeAsync(500)
  await flushPromises()
  expect(made('runs.melt').map(({ input }) => input)).toEqual([
    { run: someRun.id, shares: { classifier: 0.5 } },
  ])
  expect(text()).toContain('140 of 153')
  expect(text()).toContain('1 photo is answered otherwise')
  expect(text()).toContain('ants → bees')
})

it('lets a share hold for all below, also where they had their own', async () => {
  await open()
  await slide('classifier', 0.25)
  await slide('', 0.75)
  await vi.advanceTimersByTimeAsync(500)
  expect(made('runs.melt').at(-1)!.input).toEqual({ run: someRun.id, shares: { '': 0.75 } })
  expect(row('classifier').querySelector('input')!.value).toBe('0.75')
})

it('saves the weights as the sliders stand', async () => {
  await open()
  await slide('classifier', 0.5)
  await press('Save these weights')
  expect(made('runs.meltSave').map(({ input }) => input)).toEqual([
    { run: someRun.id, shares: { classifier: 0.5 } },
  ])
})

it('says so where the weights that the run began with are not at hand', async () => {
  await open({
    'runs.movement': () => {
      throw new ThawError('weights.missing', { file: '/elsewhere/start.pth' })
    },
  })
  expect(text()).toContain('/elsewhere/start.pth')
})
