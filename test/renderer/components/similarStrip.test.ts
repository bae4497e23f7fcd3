import { starterModel } from '../../../src/shared/api/features.ts'
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import SimilarStrip from '../../../src/renderer/components/photos/SimilarStrip.vue'
import { usePhotoRoom } from '../../../src/renderer/stores/photoRoom.ts'
import type { ErrorCode } from '../../../src/shared/errors.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, later, text } from '../support/page.ts'

type Found = { photos: { path: string; id: string; distance: number; class: number; out: boolean }[] }
const like = (path: string): Found => ({
  photos: [{ path: `like ${path}`, id: path, distance: 0.1, class: 0, out: false }],
})

/** What the engine says of each photo. */
let answers: Record<string, () => Promise<Found>>
const fails = (code: ErrorCode) => () => Promise.reject(new ThawError(code))
beforeEach(() => {
  answers = {}
})

async function opened(photo: string) {
  const near = {
    computed: '2026-11-29T00:00:00Z',
    missing: 2,
    photos: 10,
    model: starterModel,
    backbone: 'efficientnet-lite0',
  }
  const api = fakeApi({
    'datasets.relations': () => ({ near, map: null, run: null }) as never,
    'photos.similar': ({ photo: path }) => answers[path]!() as never,
  })
  const dataset = { id: 'd', name: 'insects' }
  const props = { dataset, photo, classes: ['ants'] }
  const wrapper = await mountRoom(SimilarStrip, { api, props })
  usePhotoRoom().dataset = 'd'
  await flushPromises()
  return wrapper
}
const shown = () => all('.one').map((it) => it.title.split('\n')[0])

it('shows what is like the photo that was asked for last, and the one before until then', async () => {
  const [slow, next] = [later<Found>(), later<Found>()]
  answers = { a: async () => Promise.resolve(like('a')), b: () => slow.promise, c: () => next.promise }
  const wrapper = await opened('a')
  expect(shown()).toEqual(['like a'])
  await wrapper.setProps({ photo: 'b' })
  await wrapper.setProps({ photo: 'c' })
  expect(shown()).toEqual(['like a'])
  next.resolve(like('c'))
  await flushPromises()
  slow.resolve(like('b'))
  await flushPromises()
  expect(shown()).toEqual(['like c'])
})

it('offers to compare a photo that came after the last look, and says what else went wrong', async () => {
  answers = { a: fails('bank.unseen'), b: fails('disk.full') }
  const wrapper = await opened('a')
  expect(all('button', 'Look at the photos')).toHaveLength(1)
  await wrapper.setProps({ photo: 'b' })
  await flushPromises()
  expect(text()).toMatch(/disk is full/)
})
