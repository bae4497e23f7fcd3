import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { ClassifyModel } from '../../../src/shared/api/classify.ts'
import { starterModel } from '../../../src/shared/api/features.ts'
import { usePhotoRoom } from '../../../src/renderer/stores/photoRoom.ts'
import FeatureNetwork from '../../../src/renderer/views/photos/FeatureNetwork.vue'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeCalls } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { text } from '../support/page.ts'
import { someRun, starterWeights } from '../support/samples.ts'

const runs = [{ ...someRun, name: 'First ants' }]
const ofRun: ClassifyModel = { run: someRun.id }

async function open(calls: FakeCalls, props: Record<string, unknown> = {}) {
  const api = fakeApi({
    'runs.list': () => ({ runs, damaged: [] }),
    'models.list': () => ({ weights: [starterWeights], offers: [] }),
    'features.chosen': () => ({ model: null }),
    'features.choose': () => ({}),
    'features.cost': () => ({ photos: 40, kept: 40, photosPerSecond: null }),
    ...calls,
  })
  await mountRoom(FeatureNetwork, { api, props })
  usePhotoRoom().open('insects')
  await flushPromises()
  return api
}
const theSelect = () => document.querySelector('select')!
const inputs = (api: ReturnType<typeof fakeApi>, call: string) =>
  api.made.filter((it) => it.call === call).map(({ input }) => input)

it('offers runs and published networks, begins with the starter network, and remembers for the dataset which was chosen', async () => {
  const api = await open({})
  expect([...theSelect().options].map((it) => it.text.trim())).toEqual([
    expect.stringMatching(/^First ants/),
    'EfficientNet-Lite0',
  ])
  expect(theSelect().selectedOptions[0]!.text.trim()).toBe('EfficientNet-Lite0')
  theSelect().value = `run ${someRun.id}`
  theSelect().dispatchEvent(new Event('change'))
  await flushPromises()
  expect(inputs(api, 'features.choose')).toEqual([{ dataset: 'insects', model: ofRun }])
  expect(inputs(api, 'features.cost').at(-1)).toEqual({ dataset: 'insects', model: ofRun })
})

it('has the network that was chosen for the dataset before', async () => {
  await open({ 'features.chosen': () => ({ model: ofRun }) })
  expect(theSelect().selectedOptions[0]!.text).toContain('First ants')
})

it('goes back to the starter network where the run that was chosen is gone', async () => {
  await open({ 'features.chosen': () => ({ model: { run: 'gone' } }) })
  expect(theSelect().selectedOptions[0]!.text.trim()).toBe('EfficientNet-Lite0')
})

it('says that there is nothing to wait for where all features are kept, else how long it takes', async () => {
  await open({})
  expect(text()).toContain('Its features of all photos are kept: nothing to wait for.')
  await open({ 'features.cost': () => ({ photos: 1000, kept: 400, photosPerSecond: 10 }) })
  expect(text()).toContain('It has 600 of 1,000 photos to look at: about 1 min.')
})

it('has a network measured whose speed nobody knows here, and tells it then', async () => {
  let photosPerSecond: number | null = null
  const api = await open({ 'features.cost': () => ({ photos: 40, kept: 10, photosPerSecond }) })
  expect(text()).toContain('It has 30 of 40 photos to look at.')
  expect(inputs(api, 'jobs.start')).toMatchObject([{ kind: 'speed', network: 'efficientnet-lite0' }])
  photosPerSecond = 3
})

it('says by which network something was made, and that another one is chosen now', async () => {
  await open({}, { by: { model: starterModel, backbone: 'efficientnet-lite0' } })
  expect(text()).toContain('Made by EfficientNet-Lite0.')
  await open({}, { by: { model: ofRun, backbone: someRun.network } })
  expect(text()).toContain('This was made by First ants, not by the network that is chosen now.')
})
