import { flushPromises } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { h } from 'vue'
import { useClassNames } from '../../../src/renderer/composables/useClassNames.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { text } from '../support/page.ts'

let asked = 0
vi.mock('../../../assets/imagenet-classes.json', () => {
  asked += 1
  if (asked === 1) throw new Error('The file did not come.')
  return { default: [['n01484850', 'great_white_shark', '백상아리']] }
})

const Page = {
  setup: () => {
    const { nameOf } = useClassNames()
    return () => h('p', nameOf({ index: 0, class: 'great_white_shark' }))
  },
}

it('Names that did not come are asked for again by whoever shows some next', async () => {
  const shown = async () => {
    const page = await mountRoom(Page, { api: fakeApi({}) })
    await vi.dynamicImportSettled()
    await flushPromises()
    const found = text()
    page.unmount()
    return found
  }
  expect(await shown()).toContain('great_white_shark')
  expect(await shown()).toContain('great white shark')
  expect(asked).toBe(2)
})
