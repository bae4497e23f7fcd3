import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { GradCamMap } from '../../../../src/shared/api/gradCam.ts'
import { ThawError } from '../../../../src/shared/errors.ts'
import GradCamPhoto from '../../../../src/renderer/components/gradcam/GradCamPhoto.vue'
import { heatOf } from '../../../../src/renderer/components/gradcam/heat.ts'
import { fakeApi } from '../../support/fakeApi.ts'
import type { FakeCalls } from '../../support/fakeApi.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { all, press, text } from '../../support/page.ts'

const map: GradCamMap = {
  layer: 'bn2',
  layers: ['bn1', 'bn2'],
  class: 1,
  top: [
    { index: 1, class: 'bees', probability: 0.9 },
    { index: 0, class: 'ants', probability: 0.1 },
  ],
  width: 2,
  height: 2,
  values: [0, 1, 2, 4],
  photo: { width: 400, height: 300 },
  frame: { left: 50, top: -10, width: 300, height: 320 },
}

async function open(calls: FakeCalls = { gradCam: () => map }) {
  const api = fakeApi(calls)
  const props = { model: { run: 'first' }, photo: 'val/ants/a.jpg', picture: 'd.garden.1' }
  await mountRoom(GradCamPhoto, { api, props })
  return () => api.made.filter(({ call }) => call === 'gradCam').map(({ input }) => input)
}

it('asks for nothing until Grad-CAM is wanted, then for the usual layer and the answer', async () => {
  const asked = await open()
  expect(asked()).toEqual([])
  await press('Grad-CAM')
  await flushPromises()
  expect(asked()).toEqual([{ model: { run: 'first' }, photo: 'val/ants/a.jpg' }])
  expect(all('canvas')).toHaveLength(1)
})

it('lies over the photo where the network looked', async () => {
  await open()
  await press('Grad-CAM')
  await flushPromises()
  const { left, top, width, height } = all('canvas')[0]!.style
  expect([left, width]).toEqual(['12.5%', '75%'])
  expect(parseFloat(top)).toBeCloseTo(-10 / 3)
  expect(parseFloat(height)).toBeCloseTo(320 / 3)
})

it('is asked anew for another layer and about another class', async () => {
  const asked = await open()
  await press('Grad-CAM')
  await flushPromises()
  const [about, layer] = all('select') as unknown as [HTMLSelectElement, HTMLSelectElement]
  layer.value = 'bn1'
  layer.dispatchEvent(new Event('change'))
  await flushPromises()
  about.selectedIndex = 1
  about.dispatchEvent(new Event('change'))
  await flushPromises()
  expect(asked().slice(1)).toMatchObject([{ layer: 'bn1' }, { layer: 'bn1', class: 0 }])
})

it('tells why there is none', async () => {
  await open({
    gradCam: () => {
      throw new ThawError('photo.missing', { file: '/a.jpg' })
    },
  })
  await press('Grad-CAM')
  await flushPromises()
  expect(text()).toContain('/a.jpg')
})

it('draws what is warmest most, and of zeros nothing', () => {
  const drawn = heatOf([0, 1, 2])
  expect([drawn[3], drawn[7], drawn[11]]).toEqual([0, 128, 255])
  expect([...heatOf([0, 0])].filter((_, i) => i % 4 === 3)).toEqual([0, 0])
})
