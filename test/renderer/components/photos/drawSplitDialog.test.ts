import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import DrawSplitDialog from '../../../../src/renderer/components/photos/DrawSplitDialog.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import { all, control, text } from '../../support/page.ts'

async function open() {
  const wrapper = mount(DrawSplitDialog, { attachTo: document.body, global: { plugins: [i18n] } })
  await flushPromises()
  return wrapper
}

async function type(label: string, value: string): Promise<void> {
  const field = all(`input[aria-label="${label}"]`)[0] as HTMLInputElement
  field.value = value
  field.dispatchEvent(new Event('input'))
  await flushPromises()
}

/** Enter in a field. */
async function submit(): Promise<void> {
  ;(all('form')[0] as HTMLFormElement).dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}

afterEach(() => document.body.replaceChildren())

it('A split is drawn by percent, says what stays to train with, and begins on Enter', async () => {
  const wrapper = await open()
  expect(text()).toContain('80% of the photos stay to train with.')
  await type('Validation', '25')
  await type('Test', '12.5')
  expect(text()).toContain('62.5% of the photos stay to train with.')
  await submit()
  expect(wrapper.emitted('draw')).toEqual([[0.25, 0.125]])
  expect(wrapper.emitted('close')).toHaveLength(1)
  wrapper.unmount()
})

it('A split that leaves nothing to train with is not drawn', async () => {
  const wrapper = await open()
  await type('Validation', '60')
  await type('Test', '40')
  expect(text()).toContain('Nothing is left to train with.')
  expect((control('Draw the split') as HTMLButtonElement).disabled).toBe(true)
  await submit()
  expect(wrapper.emitted('draw')).toBeUndefined()
  wrapper.unmount()
})
