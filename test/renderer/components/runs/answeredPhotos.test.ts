import { flushPromises } from '@vue/test-utils'
import { beforeAll, expect, it, vi } from 'vitest'
import type { RunAnswers } from '../../../../src/shared/api/evaluation.ts'
import { evaluationReport } from '../../../../src/shared/evaluation/report.ts'
import RunDetail from '../../../../src/renderer/views/RunDetail.vue'
import { fakeApi } from '../../support/fakeApi.ts'
import type { FakeApi } from '../../support/fakeApi.ts'
import { layOut } from '../../support/layout.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { all, press, text } from '../../support/page.ts'
import { finishedEvent, someDetails, someEvents, someRun } from '../../support/samples.ts'

vi.mock('../../../../src/renderer/components/live/LineChart.vue', () => ({ default: { render: () => null } }))
beforeAll(layOut)

const answers: RunAnswers = {
  part: 'val',
  classes: ['ants', 'bees'],
  photos: [
    { photo: 'val/ants/a.jpg', truth: 0, answer: 0, probability: 0.9, truthProbability: 0.9 },
    { photo: 'val/ants/b.jpg', truth: 0, answer: 1, probability: 0.8, truthProbability: 0.2 },
    { photo: 'val/bees/c.jpg', truth: 1, answer: 0, probability: 0.95, truthProbability: 0.05 },
  ],
  failed: 0,
  report: evaluationReport([2, 0, 0, 1, 3, 0], [0, 0, 1], ['ants', 'bees']),
}

let api: FakeApi

async function open(): Promise<void> {
  const events = [...someEvents(), finishedEvent]
  api = fakeApi({
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'runs.get': () => someDetails(),
    'runs.events': ({ from = 0 }) => ({ events: events.slice(from), next: events.length, done: true }),
    // Only a job gives it.
    ...({ 'runs.evaluate': () => answers } as object),
    'runs.pictures': ({ photos }) => ({
      dataset: 'garden',
      pictures: photos.map(() => 'd.garden.1'),
    }),
    'datasets.decide': () => ({ entry: 1, photos: [], summary: { code: 'relabelled', parameters: {} } }),
  })
  await mountRoom(RunDetail, { api, at: `/runs/${someRun.id}` })
  await flushPromises()
  await press('Look at the photos')
  await flushPromises()
}

it('shows the mistakes that the network was surest of, the surest first', async () => {
  await open()
  const titles = all('.answered .one').map((it) => it.getAttribute('title'))
  expect(titles).toEqual(['val/bees/c.jpg', 'val/ants/b.jpg'])
})

it('enters a new label in the journal of the dataset for the photos that were chosen', async () => {
  await open()
  all('.answered .one')[0]!.click()
  await flushPromises()
  await press('It is ants')
  await flushPromises()
  const decided = api.made.find(({ call }) => call === 'datasets.decide')
  expect(decided?.input).toEqual({
    dataset: 'garden',
    photos: ['val/bees/c.jpg'],
    act: { type: 'label', classes: ['ants'] },
  })
  expect(text()).toContain('Retrain the head')
})

it('opens the photos of a cell of the matrix, and no attribute stands in the page as text', async () => {
  await open()
  expect(text()).not.toContain(':matrix')
  await press(/photos: bees taken for ants/)
  const titles = all('.answered .one').map((it) => it.getAttribute('title'))
  expect(titles).toEqual(['val/bees/c.jpg'])
})
