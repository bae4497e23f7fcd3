import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import PhotoFilters from '../../../../src/renderer/components/photos/PhotoFilters.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const classes = Array.from({ length: 13 }, (_, i) => `${['벌', '개미', '나비'][i % 3]} ${i}`)

function filters() {
  const [train, none] = [classes.map(() => 1), classes.map(() => 0)]
  const parts = { train, val: none, test: none, unlabelled: 0, leftOut: 0 }
  const dataset = { id: 'd', name: 'd', classes, ...parts, unreadable: 0 }
  const lists = { datasets: [dataset], classes: [], splits: [], findings: [], outcomes: [], keyed: [] }
  const props = { dataset, ...lists, counts: undefined, run: null, out: null, search: '', unreadable: false }
  return mount(PhotoFilters, { props: props as never, global: { plugins: [i18n] } })
}

it('Photos are looked for while a Korean syllable is being put together, once the fingers rest', async () => {
  const wrapper = filters()
  const field = wrapper.get<HTMLInputElement>('input[type="search"]')
  await field.trigger('compositionstart')
  for (const typed of ['ㅂ', '버', '벌']) {
    field.element.value = typed
    await field.trigger('input')
    vi.advanceTimersByTime(100)
  }
  expect(wrapper.emitted('update:search')).toBeUndefined()
  vi.advanceTimersByTime(200)
  expect(wrapper.emitted('update:search')).toEqual([['벌']])
  // What was asked for comes back, and leaves alone what is being put together.
  const written = vi.spyOn(field.element, 'value', 'set')
  await wrapper.setProps({ search: '벌' })
  expect(written).not.toHaveBeenCalled()
  wrapper.unmount()
})

it('Classes are found while a Korean syllable is being put together', async () => {
  const wrapper = filters()
  const listed = () => wrapper.findAll('.class-row .name').map((name) => name.text())
  expect(listed()).toHaveLength(classes.length)
  const field = wrapper.get<HTMLInputElement>('input.find')
  await field.trigger('compositionstart')
  for (const typed of ['ㅂ', '버', '벌']) {
    field.element.value = typed
    await field.trigger('input')
    expect(listed().length).toBeLessThan(classes.length)
    expect(listed()).toEqual(expect.arrayContaining(classes.filter((name) => name.startsWith('벌'))))
    expect(listed().join()).not.toContain('개미')
  }
  wrapper.unmount()
})
