import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import PictureTile from '../../../src/renderer/components/PictureTile.vue'
import { coarseSide } from '../../../src/shared/photoFiles.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'

const asked: (boolean | undefined)[] = []

async function aTile() {
  asked.length = 0
  const api = {
    ...fakeApi(),
    picture: (id: string, size = 192, coarse?: boolean) => {
      asked.push(coarse)
      return `data:,${id}-${size}-${coarse ? 'coarse' : 'fine'}`
    },
  }
  return mountRoom(PictureTile, { api, props: { id: 'd.a.1', alt: 'bee' } })
}

const image = () => document.querySelector('img')!

/** As if the picture had come. */
async function comes(width: number, height: number): Promise<void> {
  Object.defineProperty(image(), 'naturalWidth', { configurable: true, value: width })
  Object.defineProperty(image(), 'naturalHeight', { configurable: true, value: height })
  image().dispatchEvent(new Event('load'))
  await flushPromises()
}

it('takes a coarse picture first, and then asks for the finer one', async () => {
  await aTile()
  expect(image().src).toContain('coarse')
  await comes(120, coarseSide)
  expect(image().src).toContain('fine')
})

it('asks once where the first picture is the finer one already', async () => {
  await aTile()
  await comes(192, 144)
  expect(asked).toEqual([true])
})

it('that is scrolled out of view lets go of a picture that has not come', async () => {
  const wrapper = await aTile()
  const gone = image()
  Object.defineProperty(gone, 'complete', { value: false })
  wrapper.unmount()
  expect(gone.hasAttribute('src')).toBe(false)
})
