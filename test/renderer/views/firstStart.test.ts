import { flushPromises } from '@vue/test-utils'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ThawError } from '../../../src/shared/errors.ts'
import FirstStart from '../../../src/renderer/views/FirstStart.vue'
import { useDialogs } from '../../../src/renderer/stores/dialogs.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeApi, FakeCalls } from '../support/fakeApi.ts'
import { layOut } from '../support/layout.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, later, press, text } from '../support/page.ts'
import { someDataset } from '../support/samples.ts'

beforeAll(layOut)

let api: FakeApi
async function open(calls: FakeCalls = {}) {
  api = fakeApi(calls)
  const wrapper = await mountRoom(FirstStart, { api, at: '/start' })
  await flushPromises()
  return wrapper
}
const made = (call: string) => api.made.filter((it) => it.call === call).map(({ input }) => input)

describe('the first start', () => {
  it('says what Thaw does, what a click fetches and from where, and fetches nothing by itself', async () => {
    await open()
    for (const part of [
      'Teach a network to sort your photos',
      '47 MB, from download.pytorch.org',
      'No photo leaves',
    ])
      expect(text()).toContain(part)
    expect(made('recipePhotos.download')).toEqual([])
    expect(made('sample.draw')).toEqual([])
  })

  it('adds a folder that is picked', async () => {
    await open({ 'datasets.add': () => someDataset })
    await press('Choose a folder')
    useDialogs().picker!.answer(['/photos/insects'])
    await flushPromises()
    expect(made('datasets.add')).toEqual([{ folder: '/photos/insects' }])
  })

  it('lets another folder be chosen while one is scanned, and does not lead to the first then', async () => {
    const first = later<typeof someDataset>()
    const wrapper = await open({
      'datasets.add': ({ folder }) => (folder === '/photos/first' ? first.promise : someDataset),
    })
    const push = vi.spyOn(wrapper.vm.$router, 'push')
    await press('Choose a folder')
    useDialogs().picker!.answer(['/photos/first'])
    await flushPromises()
    await press('Choose a folder')
    first.resolve({ ...someDataset, id: 'first' })
    await flushPromises()
    expect(push).not.toHaveBeenCalled()
    useDialogs().picker!.answer(['/photos/insects'])
    await flushPromises()
    expect(push.mock.calls).toEqual([[{ name: 'photos', params: { dataset: someDataset.id } }]])
  })

  it('leads nobody away from a room that they have gone to before the scan was done', async () => {
    const scanned = later<typeof someDataset>()
    const wrapper = await open({ 'datasets.add': () => scanned.promise })
    const router = wrapper.vm.$router
    const push = vi.spyOn(router, 'push')
    await press('Choose a folder')
    useDialogs().picker!.answer(['/photos/insects'])
    await flushPromises()
    wrapper.unmount()
    scanned.resolve(someDataset)
    await flushPromises()
    expect(made('datasets.add')).toHaveLength(1)
    expect(push).not.toHaveBeenCalled()
  })

  it('tells how far a download is, and lets it be cancelled', async () => {
    const done = later<never>()
    await open({
      'recipePhotos.download': (_, { signal, onProgress }) => {
        onProgress?.({ received: 12_000_000, total: 47_286_322 })
        signal!.addEventListener('abort', () => done.reject(new ThawError('cancelled')))
        return done.promise
      },
    })
    await press('Fetch ants and bees')
    expect(text().replaceAll('\u202f', ' ')).toContain('12 MB of 47 MB')
    await press('Cancel')
    expect(all('[role="alert"]')).toEqual([])
  })

  it('says what is wrong with a folder without photos', async () => {
    await open({
      'datasets.add': () => {
        throw new ThawError('dataset.missing', { folder: '/nowhere' })
      },
    })
    await press('Choose a folder')
    useDialogs().picker!.answer(['/nowhere'])
    await flushPromises()
    expect(all('[role="alert"]', /nowhere/)).toHaveLength(1)
  })
})
