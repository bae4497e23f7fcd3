import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { ClassifyModel } from '../../../src/shared/api/classify.ts'
import type { WeightsEntry } from '../../../src/shared/api/models.ts'
import { ThawError } from '../../../src/shared/errors.ts'
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
async function choose(value: string): Promise<void> {
  theSelect().value = value
  theSelect().dispatchEvent(new Event('change'))
  await flushPromises()
}
/** A job's work is asked for by the name of its subject, see fakeJobs. */
const measuring = (work: () => unknown) =>
  ({
    'models.speed': async ({ network }: { network: string }) => {
      await work()
      return { network, photosPerSecond: 3 }
    },
  }) as FakeCalls
const inputs = (api: ReturnType<typeof fakeApi>, call: string) =>
  api.made.filter((it) => it.call === call).map(({ input }) => input)

it('offers runs and published networks, begins with the starter network, and remembers for the dataset which was chosen', async () => {
  const api = await open({})
  expect([...theSelect().options].map((it) => it.text.trim())).toEqual([
    expect.stringMatching(/^First ants/),
    'EfficientNet-Lite0',
  ])
  expect(theSelect().selectedOptions[0]!.text.trim()).toBe('EfficientNet-Lite0')
  await choose(`run ${someRun.id}`)
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

it('follows what another window chooses for the dataset', async () => {
  let model: ClassifyModel | null = null
  const api = await open({ 'features.chosen': () => ({ model }) })
  model = ofRun
  api.emit('features.changed', { dataset: 'garden' })
  await flushPromises()
  expect(theSelect().selectedOptions[0]!.text).toContain('EfficientNet-Lite0')
  api.emit('features.changed', { dataset: 'insects' })
  await flushPromises()
  expect(theSelect().selectedOptions[0]!.text).toContain('First ants')
})

it('keeps its own last choice while the engine still tells of the one before', async () => {
  const kept: ClassifyModel[] = [starterModel]
  const waiting: (() => void)[] = []
  const api = await open({
    'features.chosen': () => ({ model: kept.at(-1)! }),
    'features.choose': async ({ model }) => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      kept.push(model as ClassifyModel)
      return {}
    },
  })
  for (const value of [`run ${someRun.id}`, 'file ', `run ${someRun.id}`]) {
    await choose(value)
  }
  for (const go of waiting.splice(0)) {
    go()
    await flushPromises()
    api.emit('features.changed', { dataset: 'insects' })
    await flushPromises()
    expect(theSelect().selectedOptions[0]!.text).toContain('First ants')
  }
})

it('has what another window chose while its own choice was on its way', async () => {
  let go = (): unknown => undefined
  const api = await open({
    'features.chosen': () => ({ model: starterModel }),
    'features.choose': () => new Promise((resolve) => (go = () => resolve({}))),
  })
  await choose(`run ${someRun.id}`)
  api.emit('features.changed', { dataset: 'insects' })
  await flushPromises()
  expect(theSelect().selectedOptions[0]!.text).toContain('First ants')
  go()
  await flushPromises()
  expect(theSelect().selectedOptions[0]!.text.trim()).toBe('EfficientNet-Lite0')
})

it('has what is kept again where a choice could not be', async () => {
  await open({ 'features.choose': () => Promise.reject(new ThawError('disk.full', { folder: '/data' })) })
  await choose(`run ${someRun.id}`)
  expect(theSelect().selectedOptions[0]!.text.trim()).toBe('EfficientNet-Lite0')
})

it('has the published network that was chosen wherever its file lies now, never a file of one’s own in its place', async () => {
  const file = (source: 'downloaded' | 'own', name: string): WeightsEntry => ({
    ...starterWeights,
    ...{ id: name, source, file: `/now/${name}`, network: 'resnet50' },
  })
  const chosen = () => ({ model: { backbone: 'resnet50', weights: '/before/resnet50.pth', labels: null } })
  const withFiles = (weights: WeightsEntry[]) =>
    open({ 'features.chosen': chosen, 'models.list': () => ({ weights, offers: [] }) })
  const moved = await withFiles([starterWeights, file('own', 'mine.pth'), file('downloaded', 'resnet50.pth')])
  expect(theSelect().selectedOptions[0]!.text.trim()).toBe('ResNet50')
  expect(inputs(moved, 'features.cost').at(-1)).toMatchObject({ model: { weights: '/now/resnet50.pth' } })
  document.body.innerHTML = ''
  await withFiles([starterWeights, file('own', 'mine.pth')])
  expect(theSelect().selectedOptions[0]!.text.trim()).toBe('EfficientNet-Lite0')
})

it('says that there is nothing to wait for where all features are kept, else how long it takes', async () => {
  await open({})
  expect(text()).toContain('Its features of all photos are kept: nothing to wait for.')
  await open({ 'features.cost': () => ({ photos: 1000, kept: 400, photosPerSecond: 10 }) })
  expect(text()).toContain('It has 600 of 1,000 photos to look at: about 1 min.')
})

const mine: WeightsEntry = {
  ...starterWeights,
  ...{ id: 'mine', source: 'own', file: '/mine.pth', network: 'resnet50' },
}

it.each([
  ['a published network', starterModel, 'efficientnet-lite0'],
  ['a file of one’s own', { file: mine.file, labels: null }, 'resnet50'],
] as const)('has %s measured whose speed nobody knows here, and tells it then', async (_, model, network) => {
  let photosPerSecond: number | null = null
  const api = await open({
    'features.chosen': () => ({ model }),
    'features.cost': () => ({ photos: 40, kept: 10, photosPerSecond }),
    'models.list': () => ({ weights: [starterWeights, mine], offers: [] }),
    ...measuring(() => {
      photosPerSecond = 3
    }),
  })
  expect(inputs(api, 'jobs.start')).toMatchObject([{ kind: 'speed', network }])
  expect(text()).toContain('It has 30 of 40 photos to look at: about 10 s.')
})

it('has another network measured too that is chosen while one is', async () => {
  const ends: (() => void)[] = []
  const api = await open({
    'features.cost': () => ({ photos: 40, kept: 10, photosPerSecond: null }),
    'models.list': () => ({ weights: [starterWeights, mine], offers: [] }),
    ...measuring(() => new Promise<void>((resolve) => ends.push(resolve))),
  })
  await choose('file /mine.pth')
  const first = { network: 'efficientnet-lite0' }
  expect(inputs(api, 'jobs.start')).toMatchObject([first])
  ends[0]!()
  await flushPromises()
  expect(inputs(api, 'jobs.start')).toMatchObject([first, { network: 'resnet50' }])
  // Once each, whatever comes of it.
  ends[1]!()
  await flushPromises()
  expect(inputs(api, 'jobs.start')).toHaveLength(2)
})

it('says by which network something was made, and that another one is chosen now', async () => {
  await open({}, { by: { model: starterModel, backbone: 'efficientnet-lite0' } })
  expect(text()).toContain('Made by EfficientNet-Lite0.')
  await open({}, { by: { model: ofRun, backbone: someRun.network } })
  expect(text()).toContain('This was made by First ants, not by the network that is chosen now.')
})
