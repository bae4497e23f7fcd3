import { expect, it } from 'vitest'
import LargePhoto from '../../../../src/renderer/components/photos/LargePhoto.vue'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { fakeApi } from '../../support/fakeApi.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { text } from '../../support/page.ts'
import { aPhoto } from '../../support/samples.ts'

it('A large photo tells what its camera wrote down, and which keywords it carries, with their levels', async () => {
  const photo = {
    ...aPhoto(0),
    ...{ taken: Date.UTC(2026, 10, 30, 9, 5, 7), camera: 'Canon EOS R5', iso: 800 },
    keywords: ['animal|insect|ant', '정원'],
  }
  const props = {
    ...{ photo, classes: ['ants'], index: 0, total: 1, selected: 0, similar: false },
    preparation: recipePreparation,
  }
  await mountRoom(LargePhoto, { api: fakeApi({}), props })
  expect(text()).toContain('2026-11-30 09:05:07')
  expect(text()).toContain('Canon EOS R5')
  expect(text()).toContain('ISO800')
  expect(text()).toContain('animal › insect › ant, 정원')
})
