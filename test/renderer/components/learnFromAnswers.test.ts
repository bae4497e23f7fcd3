import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import LearnFromAnswers from '../../../src/renderer/components/classify/LearnFromAnswers.vue'
import { useDatasets } from '../../../src/renderer/stores/datasets.ts'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { Settings } from '../../../src/shared/api/app.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi } from '../support/fakeApi.ts'
import { aJob } from '../support/fakeJobs.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, press, text } from '../support/page.ts'
import { someDataset, someDetails, someRun } from '../support/samples.ts'

const score = (correct: number) => ({
  ...{ accuracy: correct / 20, correct, total: 20, loss: 0.1 },
  interval: [0.7, 0.99] as [number, number],
})
const filing = {
  ...{ id: 'f', created: '', how: 'copy' as const, target: someDataset.folder, pattern: '{class}/{name}' },
  ...{ acts: 3, renamed: 0, replaced: 0, done: 0, left: 0, needs: 1, free: 9, inside: null, damaged: false },
}

const filed = aJob({ id: 'f', kind: 'file', state: 'done', result: { filing: 'f', done: 3 } })

const answered = ['bees', 'ants', 'bees'].map((answer, index) => ({ index, answer, path: `/p/${index}.jpg` }))
let left: { file: string; clash: null; code: string; message: string; parameters: object }[]
const leftBecause = (code: string, file: string) => ({
  ...{ file, clash: null, code, message: `${file}: ${code}`, parameters: { file, other: file } },
})
let plan: typeof filing

let api: FakeApi
beforeEach(async () => {
  left = []
  plan = filing
  api = fakeApi({
    'datasets.list': () => ({ datasets: [someDataset] }),
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'runs.get': () => someDetails(),
    'filing.plan': () => plan,
    'filing.left': () => ({ total: left.length, left }),
    'filing.file': () => ({ job: 'f' }),
    'filing.undo': () => ({ job: 'u' }),
    'datasets.rescan': () => someDataset,
    'bank.retrainHead': () => ({
      ...{ run: 'learnt', before: score(17), after: score(19), flips: [], seconds: 1 },
      ...{ paired: { onlyBefore: 1, onlyAfter: 3, p: 0.625 }, relabelled: 0, testPhotos: 0 },
    }),
    'runs.remove': () => ({}),
    'settings.set': (change: object) => Settings.parse(change),
  } as never)
  await mountRoom(LearnFromAnswers, {
    api,
    at: '/classify/c/tray',
    props: { classification: 'c', model: { run: someRun.id }, answered },
  })
  await useDatasets().reload()
  await flushPromises()
})

const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)
async function add(): Promise<void> {
  await press('Add 3')
  useDialogs().question!.answer(true)
  await vi.waitFor(() => expect(made('filing.file')).toHaveLength(1))
  await flushPromises()
  api.emit('job.changed', filed)
  await vi.waitFor(() => expect(made('datasets.rescan')).toHaveLength(1))
  await flushPromises()
}

it('has the dataset chosen that the network learned from, and adds after it was agreed to', async () => {
  expect(document.querySelector('select')!.value).toBe(someDataset.id)
  await press('Add 3')
  expect(made('filing.file')).toEqual([])
  useDialogs().question!.answer(false)
  await flushPromises()
  expect(made('filing.file')).toEqual([])
  await add()
  expect(made('filing.plan').at(-1)).toMatchObject({ classification: 'c', only: 'labelled', how: 'copy' })
})

it('then offers that the last layer learns, tells before and after, and takes the new run back', async () => {
  await add()
  expect(made('bank.retrainHead')).toEqual([])
  await press('Let the last layer learn from them')
  await vi.waitFor(() => expect(text()).toContain('19 of 20'))
  expect(text()).toContain('17 of 20')
  expect(made('bank.retrainHead')).toMatchObject([{ run: someRun.id, dataset: someDataset.id }])
  await useMessages().toasts.at(-1)!.undo!()
  expect(made('runs.remove')).toEqual([{ run: 'learnt' }])
  await flushPromises()
  expect(all('button', 'Let the last layer learn from them')).toHaveLength(1)
})

it('learns by itself where the switch says so', async () => {
  all('[role="switch"]', 'Then let the last layer learn from them')[0]!.click()
  await flushPromises()
  expect(made('settings.set')).toEqual([{ learnHead: true }])
  await add()
  await vi.waitFor(() => expect(text()).toContain('19 of 20'))
})

const isDisabled = (label: string) => all('button', label)[0]!.hasAttribute('disabled')

it('has nothing to add any more after it was added, until that is taken back', async () => {
  await add()
  expect(isDisabled('Add 0')).toBe(true)
  const undone = useMessages().toasts.at(-1)!.undo!()
  await vi.waitFor(() => expect(made('filing.undo')).toHaveLength(1))
  await flushPromises()
  api.emit(
    'job.changed',
    aJob({ id: 'u', kind: 'undo', state: 'done', result: { filing: 'f', undone: 3, kept: 0 } }),
  )
  await undone
  await flushPromises()
  expect(isDisabled('Add 3')).toBe(false)
})

it('says that all are there already rather than asks about none', async () => {
  plan = { ...filing, acts: 0, left: 3 }
  left = answered.map(({ path }) => leftBecause('filing.same-there', path))
  await press('Add 3')
  expect(useDialogs().question).toBeUndefined()
  expect(useMessages().toasts.at(-1)!.text!()).toBe(`All of them are in ${someDataset.name} already`)
  expect(isDisabled('Add 0')).toBe(true)
})

it('goes on counting a photo that could not be added, and says why where it is all there is', async () => {
  plan = { ...filing, acts: 0, left: 3 }
  left = [
    leftBecause('filing.same-there', '/p/0.jpg'),
    leftBecause('photo.missing', '/p/1.jpg'),
    leftBecause('filing.same-there', '/p/2.jpg'),
  ]
  await press('Add 3')
  expect(useDialogs().question).toBeUndefined()
  expect(useMessages().toasts.at(-1)!.error).toMatchObject({ code: 'photo.missing' })
  expect(isDisabled('Add 1')).toBe(false)
})

it('tells how many were added, not how many were meant to be', async () => {
  await press('Add 3')
  useDialogs().question!.answer(true)
  await vi.waitFor(() => expect(made('filing.file')).toHaveLength(1))
  await flushPromises()
  api.emit('job.changed', { ...filed, result: { filing: 'f', done: 2 } })
  await vi.waitFor(() => expect(made('datasets.rescan')).toHaveLength(1))
  await flushPromises()
  expect(useMessages().toasts.at(-1)!.text!()).toContain('2 photos added')
  expect(isDisabled('Add 3')).toBe(false)
})
