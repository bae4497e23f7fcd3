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

it('Enter keeps the crop for the photo alone, whatever is selected', async () => {
  const crops = await open(3000)
  await press(/^Crop/)
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
  expect(crops).toEqual([[box, false]])
})

it('A box that is drawn at the edge lies in the photo, and has a few pixels', async () => {
  const crops = await open(1)
  const { width, height } = aPhoto(0)
  const image = document.querySelector<HTMLElement>('.image')!
  image.getBoundingClientRect = () => new DOMRect(0, 0, width, height)
  const draw = async (...points: [x: number, y: number][]) => {
    await press(/^Crop/)
    points.forEach(([clientX, clientY], i) =>
      (i === 0 ? image : document).dispatchEvent(
        Object.assign(
          new MouseEvent(i === 0 ? 'pointerdown' : 'pointermove', { clientX, clientY, bubbles: true }),
        ),
      ),
    )
    document.dispatchEvent(new Event('pointerup'))
    await press('Keep the crop')
  }
  await draw([width - 2, height - 3], [width + 50, height + 50])
  await draw([100, 50], [40, 90])
  expect(crops).toEqual([
    [{ left: width - 8, top: height - 8, width: 8, height: 8 }, false],
    [{ left: 40, top: 50, width: 60, height: 40 }, false],
  ])
})
