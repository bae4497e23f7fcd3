import { flushPromises } from '@vue/test-utils'
import { createApp, effectScope } from 'vue'
import { expect, it, onTestFinished } from 'vitest'
import type { PhotoItem } from '../../../src/shared/api/datasets.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import { apiKey } from '../../../src/renderer/api.ts'
import { usePhotoPages } from '../../../src/renderer/composables/usePhotoPages.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { aPhoto } from '../support/samples.ts'

interface Asked {
  offset: number
  answer: (photos: PhotoItem[]) => void
  fail: () => void
}

/** Pages of a dataset of 30,000 photos, whose answers come when the test says so. */
async function thePages() {
  const asked: Asked[] = []
  const api = fakeApi({
    'datasets.photos': ({ offset = 0 }) =>
      new Promise((resolve, reject) => {
        asked.push({
          offset,
          answer: (photos) => resolve({ total: 30_000, photos }),
          fail: () => reject(new ThawError('internal')),
        })
      }),
  })
  const app = createApp({}).provide(apiKey, api)
  const scope = effectScope()
  onTestFinished(() => scope.stop())
  const pages = app.runWithContext(() => scope.run(() => usePhotoPages(() => ({ dataset: 'insects' })))!)
  await flushPromises()
  asked[0]!.answer([aPhoto(0)])
  await flushPromises()
  return { pages, asked, offsets: () => asked.map(({ offset }) => offset) }
}

it('Of the pages that were scrolled past only those are asked for that have had their turn, and then what is in view', async () => {
  const { pages, asked, offsets } = await thePages()
  for (let from = 0; from < 30_000; from += 100) pages.need(from, from + 40)
  expect(offsets()).toEqual([0, 200, 400])
  asked[1]!.answer([aPhoto(200)])
  await flushPromises()
  // The last rows in view lie on one page.
  expect(offsets()).toEqual([0, 200, 400, 29_800])
  asked[3]!.answer([aPhoto(29_800)])
  asked[2]!.answer([aPhoto(400)])
  await flushPromises()
  expect(offsets()).toHaveLength(4)
  expect(pages.photoAt(29_800)?.id).toBe(aPhoto(29_800).id)
})

it('A page that failed is not asked for again at once, but when it comes into view again', async () => {
  const { pages, asked, offsets } = await thePages()
  pages.need(1000, 1040)
  asked[1]!.fail()
  await flushPromises()
  expect(offsets()).toEqual([0, 1000])
  expect(pages.error.value?.code).toBe('internal')
  pages.need(1000, 1040)
  asked[2]!.answer([aPhoto(1000)])
  await flushPromises()
  expect(pages.error.value).toBeUndefined()
})

it('The next page in the direction of the scroll is there before it comes into view, and none beyond the ends', async () => {
  const { pages, asked, offsets } = await thePages()
  pages.need(0, 40)
  expect(offsets()).toEqual([0])
  pages.need(1040, 1080)
  expect(offsets()).toEqual([0, 1000])
  asked[1]!.answer([aPhoto(1000)])
  await flushPromises()
  expect(offsets()).toEqual([0, 1000, 1200])
  asked[2]!.answer([aPhoto(1200)])
  await flushPromises()
  pages.need(1020, 1060)
  expect(offsets()).toEqual([0, 1000, 1200, 800])
  asked[3]!.answer([aPhoto(800)])
  await flushPromises()
  pages.need(29_900, 29_940)
  asked[4]!.answer([aPhoto(29_800)])
  await flushPromises()
  expect(offsets()).toEqual([0, 1000, 1200, 800, 29_800])
})
