import { expect, it } from 'vitest'
import { readRun } from '../../../src/renderer/composables/readRun.ts'
import { emptyRunView } from '../../../src/renderer/stores/runView.ts'
import { fakeApi } from '../support/fakeApi.ts'

it('A run is read on from what is known, page by page, and of its batches no more than are drawn', async () => {
  const warning = { type: 'warning' as const, code: 'x', message: '', advice: '', parameters: {} }
  const api = fakeApi({
    'runs.events': ({ from = 0 }) =>
      from < 40
        ? { events: [warning], next: from + 20, done: false }
        : { events: [], next: from, done: true },
  })
  const found = await readRun(api, 'r', { ...emptyRunView, seen: 7, stride: 4 })
  expect(found.seen).toBe(47)
  await readRun(api, 'r', { ...emptyRunView, seen: 47, stride: 4 }, 16)
  expect(api.made.map(({ input }) => input)).toEqual([
    { run: 'r', from: 7, every: 4 },
    { run: 'r', from: 27, every: 4 },
    { run: 'r', from: 47, every: 4 },
    { run: 'r', from: 47, every: 16 },
  ])
})
