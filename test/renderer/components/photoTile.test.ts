import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { shallowReactive } from 'vue'
import PhotoTile from '../../../src/renderer/components/photos/PhotoTile.vue'
import { i18n } from '../../../src/renderer/i18n/index.ts'

const photo = {
  ...{
    path: 'ants/1.jpg',
    class: 0,
    split: 'train',
    bytes: 1,
    modified: 1,
    width: 640,
    height: 480,
    out: false,
  },
  ...{ index: 0, id: 'd.a.1' },
}

function tileOf(more: object) {
  const addresses = shallowReactive(new Map<string, string>())
  const pictures = {
    addressOf: (id: string) => addresses.get(id),
    ...{ show: () => undefined, leave: () => undefined, expect: () => undefined, failed: () => undefined },
    isWaiting: () => false,
  }
  const props = {
    photo: { ...photo, ...more },
    pictures,
    index: 0,
    classes: ['ants'],
    marks: [],
    selected: false,
  }
  const wrapper = mount(PhotoTile, { props: props as never, global: { plugins: [i18n] } })
  return { addresses, source: () => wrapper.find('img').exists() && wrapper.find('img').attributes('src') }
}

it('A tile shows the colours of its photo until the picture is there', async () => {
  const { addresses, source } = tileOf({ colours: btoa('\0'.repeat(72)) })
  expect(source()).toMatch(/^data:image\/bmp;base64,/)
  addresses.set('d.a.1', 'data:image/jpeg;base64,AAAA')
  await Promise.resolve()
  expect(source()).toBe('data:image/jpeg;base64,AAAA')
})

it('A tile whose photo was scanned before there were colours is empty until then', async () => {
  const { addresses, source } = tileOf({})
  expect(source()).toBe(false)
  addresses.set('d.a.1', 'data:image/jpeg;base64,AAAA')
  await Promise.resolve()
  expect(source()).toBe('data:image/jpeg;base64,AAAA')
})
