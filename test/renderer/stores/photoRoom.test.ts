import { createPinia, setActivePinia } from 'pinia'
import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { createApp } from 'vue'
import { apiKey } from '../../../src/renderer/api.ts'
import { usePhotoRoom } from '../../../src/renderer/stores/photoRoom.ts'
import type { FakeCalls } from '../support/fakeApi.ts'
import { fakeApi } from '../support/fakeApi.ts'

const decided = (entry: number) => ({
  ...{ entry, photos: ['a.jpg'] },
  summary: { code: 'leftOut' as const, parameters: { count: 1 } },
})

function aRoom(calls: FakeCalls = {}) {
  const api = fakeApi(calls)
  const pinia = createPinia()
  const app = createApp({}).provide(apiKey, api).use(pinia)
  setActivePinia(pinia)
  const room = app.runWithContext(() => usePhotoRoom())
  room.open('one')
  return { api, room }
}

test('What another window decides about the same dataset is fetched, once, and of other datasets nothing', () => {
  const { api, room } = aRoom()
  api.emit('datasets.decided', { dataset: 'other', entry: 5 })
  expect(room.version).toBe(0)
  api.emit('datasets.decided', { dataset: 'one', entry: 5 })
  api.emit('datasets.decided', { dataset: 'one', entry: 5 })
  expect(room.version).toBe(1)
})

test('An act of one’s own is fetched once, whether it is told of before its answer or after; another’s that comes meanwhile as well', async () => {
  const answer = Promise.withResolvers<ReturnType<typeof decided>>()
  const { api, room } = aRoom({ 'datasets.decide': () => answer.promise })
  const acting = room.decide({ type: 'leaveOut', out: true }, ['a.jpg'])
  api.emit('datasets.decided', { dataset: 'one', entry: 7 })
  expect(room.version).toBe(0)
  answer.resolve(decided(7))
  await acting
  api.emit('datasets.decided', { dataset: 'one', entry: 7 })
  expect(room.version).toBe(1)
  const next = room.decide({ type: 'leaveOut', out: true }, ['a.jpg'])
  api.emit('datasets.decided', { dataset: 'one', entry: 9 })
  await next
  await flushPromises()
  expect(room.version).toBe(3)
})

test('A toast takes back its own act, Undo the last one', async () => {
  const { api, room } = aRoom({ 'datasets.undo': () => decided(3) })
  await room.undo(2)
  await room.undo()
  const undone = api.made.filter(({ call }) => call === 'datasets.undo')
  expect(undone.map(({ input }) => input)).toEqual([{ dataset: 'one', entry: 2 }, { dataset: 'one' }])
})

test('The history lists the newest acts first, and on demand all from before, also after another act', async () => {
  let total = 730
  const { api, room } = aRoom({
    'datasets.counts': () => ({}) as never,
    'datasets.groups': () => ({}) as never,
    'datasets.history': ({ offset = 0, limit = 100 }) => ({
      ...{ total, undo: true, redo: false },
      items: Array.from({ length: Math.min(limit, total - offset) }, (_, i) => ({
        ...{ entry: total - offset - i, at: '2026-11-24T08:00:00Z', photos: 1, holds: true },
        summary: { code: 'leftOut' as const, parameters: { count: 1 } },
      })),
    }),
  })
  await room.refresh()
  expect(room.history).toMatchObject({ total })
  expect(room.history!.items).toHaveLength(50)
  for (let time = 0; time < 14; time += 1) await room.showOlder()
  total = 731
  await room.refresh()
  expect(room.history!.items.map(({ entry }) => entry)).toEqual(
    Array.from({ length: 731 }, (_, i) => 731 - i),
  )
  expect(api.made.every(({ input }) => ((input as { limit?: number }).limit ?? 0) <= 500)).toBe(true)
  room.open('other')
  await room.refresh()
  expect(room.history!.items).toHaveLength(50)
})

test('Acts that another window takes back meanwhile are not waited for, and older ones are of the dataset that is open', async () => {
  const item = (entry: number) => ({
    ...{ entry, at: '2026-11-24T08:00:00Z', photos: 1, holds: true },
    summary: { code: 'leftOut' as const, parameters: { count: 1 } },
  })
  let held: Promise<void> | undefined
  const { room } = aRoom({
    'datasets.counts': () => ({}) as never,
    'datasets.groups': () => ({}) as never,
    'datasets.history': async ({ dataset, offset = 0 }) => {
      await held
      const items = dataset === 'other' ? [item(1)] : offset === 0 ? [item(9), item(8)] : []
      return { total: dataset === 'other' ? 1 : 9, undo: true, redo: false, items }
    },
  })
  await room.refresh()
  expect(room.history!.items.map(({ entry }) => entry)).toEqual([9, 8])
  let go = (): void => {}
  held = new Promise((resolve) => (go = resolve))
  const older = room.showOlder()
  held = undefined
  room.open('other')
  await room.refresh()
  go()
  await older
  expect(room.history!.items.map(({ entry }) => entry)).toEqual([1])
})
