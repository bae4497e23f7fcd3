import { expect, it } from 'vitest'
import LargePhoto from '../../../../src/renderer/components/photos/LargePhoto.vue'
import { recipePreparation } from '../../../../src/shared/preparation.ts'
import { fakeApi } from '../../support/fakeApi.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { all, press } from '../../support/page.ts'
import { aPhoto } from '../../support/samples.ts'

const box = { left: 1, top: 2, width: 30, height: 20 }

async function open(selected: number) {
  const crops: unknown[][] = []
  const props = {
    ...{
      photo: { ...aPhoto(0), crop: box },
      classes: ['ants'],
      index: 0,
      total: 4000,
      selected,
      similar: false,
    },
    preparation: recipePreparation,
    onCrop: (...crop: unknown[]) => crops.push(crop),
  }
  await mountRoom(LargePhoto, { api: fakeApi({}), props })
  return crops
}

it('A crop is kept for the photo, or for all that are selected', async () => {
  const crops = await open(3000)
  await press(/^Crop/)
  await press('Keep the crop')
  await press(/^Crop/)
  await press('Crop all 3,000 selected like this')
  await press('Without crop')
  await press('All 3,000 selected without crop')
  expect(crops).toEqual([
    [box, false],
    [box, true],
    [null, false],
    [null, true],
  ])
})

it('Where no others are selected nothing is said of them', async () => {
  await open(1)
  expect(all('button', /selected/)).toEqual([])
  await press(/^Crop/)
  expect(all('button', /selected/)).toEqual([])
})
