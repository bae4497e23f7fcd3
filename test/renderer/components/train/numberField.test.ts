import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import NumberField from '../../../../src/renderer/components/train/NumberField.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'

/** What is typed into a field of 8, and what it takes of it. */
async function taken(typed: string, of: { min?: number; max?: number; whole?: boolean }) {
  const props = { label: 'Photos', modelValue: 8, ...of }
  const field = mount(NumberField, { props, global: { plugins: [i18n] } })
  await field.get('input').setValue(typed)
  const isRefused = field.get('input').attributes('aria-invalid') === 'true'
  const isTold = field.find('[role="alert"]').exists()
  expect(isTold).toBe(isRefused)
  const values = field.emitted<[number]>('update:modelValue')
  await field.get('input').trigger('blur')
  return isRefused ? 'refused' : (values?.at(-1)?.[0] ?? 8)
}

it.each([
  ['0.5', 0.5],
  ['0,5', 0.5],
  [' 12 ', 12],
  ['1e-3', 0.001],
  ['0', 0],
  ['100', 100],
])('A number of 0 to 100 takes %j', async (typed, value) => {
  expect(await taken(typed, { min: 0, max: 100 })).toBe(value)
})

it.each([
  '',
  ' ',
  'NaN',
  'Infinity',
  '-1',
  '-0,1',
  '100.5',
  '1e999',
  '1,2,3',
  '12 photos',
  '½',
  '1.2.3',
  '--1',
])('A number of 0 to 100 refuses %j, says so, and nothing is changed', async (typed) => {
  expect(await taken(typed, { min: 0, max: 100 })).toBe('refused')
})

it.each([
  ['1,000', 1000],
  ['1,234,567', 1_234_567],
  ['64', 64],
  ['1,5', 'refused'],
  ['1,00', 'refused'],
  ['1.5', 'refused'],
  ['0,001', 'refused'],
])('A whole number typed as %j is %s: a comma parts its thousands, and no decimals', async (typed, value) => {
  expect(await taken(typed, { min: 1, whole: true })).toBe(value)
})

it('What did not fit gives way to what holds when the field is left', async () => {
  const field = mount(NumberField, { props: { label: 'Photos', modelValue: 8 }, global: { plugins: [i18n] } })
  const input = field.get<HTMLInputElement>('input')
  await input.setValue('eight')
  expect(field.emitted('update:modelValue')).toBeUndefined()
  await input.trigger('blur')
  expect(input.element.value).toBe('8')
  expect(input.attributes('aria-invalid')).toBe('false')
})

it('Enter sends no form with a number that does not fit', async () => {
  const field = mount(NumberField, {
    props: { label: 'Photos', modelValue: 8, max: 90 },
    global: { plugins: [i18n] },
  })
  const input = field.get<HTMLInputElement>('input')
  const isSent = async (typed: string) => {
    await input.setValue(typed)
    return input.element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true }))
  }
  expect([await isSent('150'), await isSent('15')]).toEqual([false, true])
})
