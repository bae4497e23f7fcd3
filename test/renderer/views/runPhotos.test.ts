import { flushPromises } from '@vue/test-utils'
import { beforeAll, expect, it } from 'vitest'
import type { RetrainedHead } from '../../../src/shared/api/bank.ts'
import type { AnswerItem, Evaluation } from '../../../src/shared/api/evaluation.ts'
import { evaluationReport } from '../../../src/shared/evaluation/report.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import { scoreOf } from '../../../src/shared/metrics.ts'
import RunPhotos from '../../../src/renderer/views/run/RunPhotos.vue'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { useRunLoop } from '../../../src/renderer/stores/runLoop.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, press, text } from '../support/page.ts'
import { someDataset, someDetails, someRun } from '../support/samples.ts'

beforeAll(layOut)

const classes = ['ants', 'bees']
const report = evaluationReport([2, 0, 0, 1, 3, 0], [0, 0, 1], classes)
const evaluation: Evaluation = {
  ...{ part: 'val', classes, photos: 3, failed: 0, report, slices: [], thresholds: [] },
  ...{ hasHistory: true, dataset: 'garden', temperature: null, isOld: false },
}
const item = (photo: string, truth: number, answer: number, probability: number): AnswerItem => ({
  ...{
    photo,
    truth,
    answer,
    probability,
    truthProbability: truth === answer ? probability : 1 - probability,
  },
  top: [{ class: answer, probability }],
  slices: {},
  picture: 'd.garden.1',
  history: [
    { epoch: 0, answer: 1 - truth, truthProbability: 0.4 },
    { epoch: 1, answer, truthProbability: 0.5 },
  ],
})
const wrong = [item('val/bees/c.jpg', 1, 0, 0.95), item('val/ants/b.jpg', 0, 1, 0.73)]
const learnt: RetrainedHead = {
  ...{ run: 'solved', before: scoreOf(1, 1, 3), after: scoreOf(1, 2, 3), relabelled: 1, testPhotos: 0 },
  paired: { onlyBefore: 0, onlyAfter: 1, p: 1 },
  flips: [
    { photo: 'val/ants/b.jpg', truth: 0, before: 1, after: 0, probabilityBefore: 0.73, probability: 0.6 },
  ],
  seconds: 0.4,
}
const decided = {
  photos: [],
  summary: { code: 'relabelled' as const, parameters: { from: 'bees', to: 'ants' } },
}

let api: FakeApi
let entry = 0
const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)

async function open(calls: FakeCalls = {}, at = `/runs/${someRun.id}/photos`): Promise<void> {
  api = fakeApi({
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'evaluations.get': () => ({ evaluation }),
    'evaluations.photos': () => ({ total: 2, photos: wrong }),
    'runs.pictures': ({ photos }) => ({ dataset: 'garden', pictures: photos.map(() => 'd.garden.1') }),
    'datasets.decide': () => ({ ...decided, entry: (entry += 1) }),
    'datasets.undo': () => ({ ...decided, entry: (entry += 1) }),
    'runs.remove': () => ({}),
    // Only jobs give these.
    ...({
      'bank.retrainHead': () => learnt,
      'bank.similarPhotos': () => ({ similar: [{ photo: 'train/ants/x.jpg', class: 0, distance: 0.3 }] }),
      'runs.evaluate': () => ({ photos: 3, correct: 1, failed: 0 }),
    } as object),
    ...calls,
  })
  await mountRoom(RunPhotos, { api, at })
  await flushPromises()
}
const select = async (index: number) => {
  all('.answers .photo')[index]!.click()
  await flushPromises()
}
const key = async (name: string) => {
  document.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }))
  await flushPromises()
}
const undoLast = async () => {
  const pressed = { key: 'z', code: 'KeyZ', ctrlKey: true, bubbles: true }
  document.dispatchEvent(new KeyboardEvent('keydown', pressed))
  await flushPromises()
}

it('begins with the mistakes that the network was surest of, each with its history', async () => {
  await open()
  expect(made('evaluations.photos')[0]).toMatchObject({ filter: { right: false }, order: 'surest' })
  expect(text()).toContain('2 photos · wrong · surest first')
  expect(text()).toContain('bees: right in 0 of 1 epoch')
})

it('lets the run answer its photos where it has not yet', async () => {
  let asked = 0
  await open({ 'evaluations.get': () => ({ evaluation: (asked += 1) === 1 ? null : evaluation }) })
  expect(made('runs.evaluate')).toEqual([{ run: someRun.id, part: 'val' }])
  expect(all('.answers li')).toHaveLength(2)
})

it('says that answering was cancelled, and lets it answer when it is told to', async () => {
  await open({
    'evaluations.get': () => ({ evaluation: null }),
    ...({
      'runs.evaluate': () => {
        throw new ThawError('cancelled')
      },
    } as object),
  })
  expect(text()).toContain('Cancelled.')
  expect(text()).not.toContain('Reading the answers')
  await press('Try again')
  expect(made('runs.evaluate')).toHaveLength(2)
})

it('looks for similar photos no longer once that was cancelled', async () => {
  await open({
    ...({
      'bank.similarPhotos': () => {
        throw new ThawError('cancelled')
      },
    } as object),
  })
  all('.answers .link')[0]!.click()
  await flushPromises()
  expect(text()).toContain('1 of 2')
  expect(text()).not.toContain('similar photos')
})

it('offers to ask again where photos could not be read: they may be back', async () => {
  await open({ 'evaluations.get': () => ({ evaluation: { ...evaluation, failed: 2 } }) })
  expect(text()).toContain('2 photos could not be read.')
  await press('Evaluate again')
  expect(made('runs.evaluate')).toEqual([{ run: someRun.id, part: 'val' }])
})

it('opens what an address asks for: a cell, and the test part only by name', async () => {
  const show = encodeURIComponent(JSON.stringify({ truth: 0, answer: 1 }))
  await open({}, `/runs/${someRun.id}/photos?show=${show}&part=test`)
  expect(made('evaluations.photos')[0]).toMatchObject({ part: 'test', filter: { truth: 0, answer: 1 } })
  expect(text()).toContain('ants called bees: 2 photos')
  const cells = [...document.querySelectorAll('[aria-label*="called"]')]
  expect(cells.map((it) => it.getAttribute('aria-label'))).toContain('1 photo: ants called bees')
})

it('relabels by the class’s number, learns the head again and says honestly what came of it', async () => {
  await open()
  await select(0)
  await key('1')
  expect(made('datasets.decide')).toEqual([
    { dataset: 'garden', photos: ['val/bees/c.jpg'], act: { type: 'label', classes: ['ants'] } },
  ])
  expect(made('bank.retrainHead')).toEqual([])
  await key('r')
  expect(made('bank.retrainHead')).toEqual([{ run: someRun.id, dataset: 'garden' }])
  expect(text()).toContain('1 answer flipped')
  expect(text()).toContain('1 more right, 0 more wrong: that may be chance (p = 1.00).')
  expect(text()).toContain('1 validation photo has another label now. Both answers are judged on it.')
  expect(text()).toContain('There is no test part that could tell')
})

it('replaces a head that nobody kept by the next one, and no other', async () => {
  await open()
  await key('r')
  await key('r')
  expect(made('bank.retrainHead')[1]).toMatchObject({ replaces: 'solved' })
  await press('Keep as a run')
  await key('r')
  expect(made('bank.retrainHead')[2]).not.toHaveProperty('replaces')
})

it('learns after each act where that is wanted', async () => {
  await open()
  all('[role="switch"]')[0]!.click()
  await flushPromises()
  await select(1)
  await key('x')
  expect(made('datasets.decide')).toMatchObject([{ act: { type: 'leaveOut', out: true } }])
  expect(made('bank.retrainHead')).toHaveLength(1)
})

it('takes all back, and the head that was learnt from it', async () => {
  await open()
  for (const index of [0, 1]) {
    await select(index)
    await key('1')
  }
  await key('r')
  const last = entry
  await press('Undo all')
  await flushPromises()
  // Each by its number, so that no act of anybody else's is taken back in its place.
  expect(made('datasets.undo')).toEqual([
    { dataset: 'garden', entry: last },
    { dataset: 'garden', entry: last - 1 },
  ])
  expect(made('runs.remove')).toEqual([{ run: 'solved' }])
  expect(text()).not.toContain('answer flipped')
})

it('takes back by a toast the act that the toast is about, or tells why not', async () => {
  await open({
    'datasets.undo': ({ entry: meant }) => {
      if (meant !== entry) throw new ThawError('act.not-last')
      return { ...decided, entry: meant }
    },
  })
  for (const index of [0, 1]) {
    await select(index)
    await key('1')
  }
  const [first, second] = useMessages().toasts
  await first!.undo!()
  await flushPromises()
  expect(made('datasets.undo')).toEqual([{ dataset: 'garden', entry: entry - 1 }])
  expect(useMessages().toasts.at(-1)!.error?.code).toBe('act.not-last')
  await second!.undo!()
  await flushPromises()
  expect(useRunLoop().changes.map((it) => it.entry)).toEqual([entry - 1])
})

it('offers no Undo for what is taken back already', async () => {
  await open()
  await select(0)
  await key('1')
  const [toast] = useMessages().toasts
  expect(toast!.canUndo!()).toBe(true)
  await undoLast()
  expect(toast!.canUndo!()).toBe(false)
  expect(made('datasets.undo')).toHaveLength(1)
  // Of another run's photos, which may be another dataset's, no toast is about anything.
  await select(0)
  await key('1')
  await useRunLoop().open('other', false)
  expect(useMessages().toasts.some((it) => it.canUndo?.())).toBe(false)
})

it('takes an act back from the dataset that it was made in, also when another one is looked at', async () => {
  await open({
    'evaluations.get': ({ dataset = 'garden' }) => ({ evaluation: { ...evaluation, dataset } }),
    'datasets.history': ({ dataset }) => ({
      ...{ total: 1, undo: true, redo: false },
      // In the other dataset's journal the entry of the same number holds no more.
      items: [
        {
          ...{ entry, at: '2026-11-30T04:00:00.000Z', summary: decided.summary, photos: 1 },
          holds: dataset === 'garden',
        },
      ],
    }),
  })
  await select(0)
  await key('1')
  await useRunLoop().open(someRun.id, false, { part: 'val', dataset: 'meadow' })
  await flushPromises()
  api.emit('datasets.changed', {})
  await flushPromises()
  expect(useRunLoop().changes).toHaveLength(1)
  await useRunLoop().retrain()
  expect(made('bank.retrainHead')).toEqual([{ run: someRun.id, dataset: 'garden' }])
  const { entry: own } = useRunLoop().changes[0]!
  await undoLast()
  expect(made('datasets.undo')).toEqual([{ dataset: 'garden', entry: own }])
})

it('forgets a head that is still being learnt when all is taken back', async () => {
  const learning = Promise.withResolvers<RetrainedHead>()
  await open({ ...({ 'bank.retrainHead': () => learning.promise } as object) })
  await select(0)
  await key('1')
  await key('r')
  await undoLast()
  learning.resolve(learnt)
  await flushPromises()
  expect(text()).not.toContain('answer flipped')
  expect(made('runs.remove')).toEqual([{ run: 'solved' }])
})

it('knows what was taken back elsewhere', async () => {
  let holds = true
  await open({
    'datasets.history': () => ({
      ...{ total: 1, undo: holds, redo: !holds },
      items: [{ entry, at: '2026-11-29T12:00:00.000Z', summary: decided.summary, photos: 1, holds }],
    }),
  })
  await select(0)
  await key('1')
  await key('r')
  api.emit('datasets.changed', {})
  await flushPromises()
  expect(useRunLoop().changes).toHaveLength(1)
  holds = false
  api.emit('datasets.changed', {})
  await flushPromises()
  expect(text()).toContain('Nothing mended yet')
  expect(made('runs.remove')).toEqual([{ run: 'solved' }])
})

it('has nothing to say where there is nothing to undo', async () => {
  await open()
  await undoLast()
  expect(useMessages().toasts).toEqual([])
})

it('shows a photo large, and the next one by the arrow', async () => {
  await open()
  all('.answers .link')[0]!.click()
  await flushPromises()
  expect(text()).toContain('1 of 2')
  expect(text()).toContain('Training photos like it')
  expect(made('bank.similarPhotos')).toEqual([{ run: someRun.id, photo: 'val/bees/c.jpg' }])
  await key('ArrowRight')
  expect(text()).toContain('2 of 2')
  await key('Escape')
  expect(all('.answers li')).toHaveLength(2)
})

it('keeps a photo large, and the list in view, when the same answers are read again', async () => {
  await open({ 'evaluations.get': () => ({ evaluation: { ...evaluation } }) })
  all('.answers .link')[1]!.click()
  await flushPromises()
  const large = document.querySelector('.large')
  const reading = Promise.withResolvers<undefined>()
  const photos = api.call.bind(api)
  api.call = (async (...call: Parameters<typeof photos>) => {
    if (call[0] === 'evaluations.photos') await reading.promise
    return photos(...call)
  }) as typeof api.call
  api.emit('runs.changed', {})
  await flushPromises()
  expect(text()).toContain('2 of 2')
  expect(document.querySelector('.large')).toBe(large)
  reading.resolve(undefined)
  await flushPromises()
  expect(document.querySelector('.large')).toBe(large)
})

it('gives the focus back to the photo that was large, or selected', async () => {
  await open()
  const tile = () => all('.answers .photo')[1]
  all('.answers .link')[1]!.click()
  await flushPromises()
  document.querySelector<HTMLElement>('.large-head button')!.focus()
  await key('Escape')
  expect(document.activeElement).toBe(tile())
  await select(1)
  const dock = [...document.querySelectorAll<HTMLElement>('.selection button')]
  dock.at(-1)!.focus()
  dock.at(-1)!.click()
  await flushPromises()
  expect(document.activeElement).toBe(tile())
  // A class is chosen from the tile, by a menu that goes.
  await select(1)
  tile()!.focus()
  await key('l')
  expect(document.activeElement?.getAttribute('role')).toBe('combobox')
  await key('l')
  expect(document.activeElement).toBe(tile())
})

it('tells a screen reader what is shown now and what came of learning, in places that were there before', async () => {
  await open()
  const told = () => [...document.querySelectorAll('[role="status"]')]
  const before = told()
  expect(before.map((it) => it.textContent)).toContain('2 photos · wrong · surest first')
  await key('r')
  const result = told().find((it) => it.textContent.includes('that may be chance'))!
  expect(before).toContain(result)
})

it('tells why an act could not be entered, and lists it not', async () => {
  await open({
    'datasets.decide': () => {
      throw new Error('gone')
    },
  })
  await select(0)
  await key('1')
  expect(useMessages().toasts).toHaveLength(1)
  expect(text()).toContain('Nothing mended yet')
})

it.each([
  ['a folder', '/photos/insects'],
  ['an archive', '/photos/insects.zip'],
])(
  'offers to add photos of %s again that were taken off the list of datasets, and then shows them and takes labels',
  async (_, place) => {
    let isBack = false
    const details = someDetails(someRun)
    await open({
      'evaluations.get': () => ({ evaluation: { ...evaluation, dataset: isBack ? 'garden' : null } }),
      'evaluations.photos': () => ({ total: 1, photos: [{ ...wrong[0]!, picture: null }] }),
      'runs.get': () => ({ ...details, dataset: { ...details.dataset, place } }),
      'datasets.list': () => ({ datasets: isBack ? [{ ...someDataset, id: 'garden' }] : [] }),
      'datasets.add': () => {
        isBack = true
        return someDataset
      },
    })
    expect(text()).toContain('not among the datasets any more')
    await press('Add the photos again')
    await flushPromises()
    expect(made('datasets.add')).toEqual([{ folder: place }])
    api.emit('datasets.changed', {})
    await flushPromises()
    expect(text()).not.toContain('not among the datasets any more')
    expect(text()).not.toContain('Add the photos again')
  },
)

it('offers no folder where the photos came by a list, which a run of before does not tell', async () => {
  const details = someDetails(someRun)
  await open({
    'evaluations.get': () => ({ evaluation: { ...evaluation, dataset: null } }),
    'runs.get': () => ({ ...details, dataset: { ...details.dataset, layout: 'list', place: null } }),
  })
  expect(text()).toContain('not among the datasets any more')
  expect(text()).not.toContain('Add the photos again')
})
