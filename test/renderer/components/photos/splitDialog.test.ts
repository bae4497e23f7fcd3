import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import SplitDialog from '../../../../src/renderer/components/photos/SplitDialog.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import { GroupRules } from '../../../../src/shared/decisions.ts'
import { all, control, press, text } from '../../support/page.ts'

const rules = GroupRules.parse({})
const grouping = { rules, groups: 1, grouped: 3, leaks: [], undivided: ['ants'], slowNames: 0 }

async function open() {
  const props = { grouping }
  const wrapper = mount(SplitDialog, { props, attachTo: document.body, global: { plugins: [i18n] } })
  await flushPromises()
  return wrapper
}

const field = (label: string) =>
  all('input').find(
    (it) =>
      it.getAttribute('aria-label') === label ||
      (it as HTMLInputElement).labels?.[0]?.textContent.trim() === label,
  ) as HTMLInputElement

async function type(label: string, value: string): Promise<void> {
  field(label).value = value
  field(label).dispatchEvent(new Event('input'))
  await flushPromises()
}

/** Enter in a field of the first or the second form. */
async function submit(form: number): Promise<void> {
  all('form')[form]!.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}
const isDisabled = (button: string) => (control(button) as HTMLButtonElement).disabled

afterEach(() => document.body.replaceChildren())

describe('Capture groups', () => {
  it('are told as they stand, with the classes that they leave whole', async () => {
    const wrapper = await open()
    expect(text()).toContain('One group, 3 photos.')
    expect(text()).toContain('All photos of ants are one capture group')
    expect(isDisabled('Group so')).toBe(true)
    await submit(0)
    expect(wrapper.emitted('group')).toBeUndefined()
    wrapper.unmount()
  })

  it('are what the person names: burst, folder, pattern, day, camera', async () => {
    const wrapper = await open()
    await type('Burst: at most from one to the next', '3')
    await type('Folders from the top that are shared (0: none)', '2')
    await type('Pattern in the name', '^(\\w+)_')
    for (const choice of ['Near-duplicates', 'Taken on one day', 'Taken with one camera'])
      field(choice).click()
    await press('Group so')
    await submit(0)
    expect(wrapper.emitted('group')![0]).toEqual([
      {
        burstSeconds: 3,
        nearDuplicates: false,
        folderLevel: 2,
        day: true,
        camera: true,
        pattern: '^(\\w+)_',
      },
    ])
    expect(wrapper.emitted('close')).toBeUndefined()
    wrapper.unmount()
  })

  it('being set are not lost where something else was decided, and follow other rules', async () => {
    const wrapper = await open()
    await type('Pattern in the name', 'IMG')
    await wrapper.setProps({ grouping: { ...grouping, groups: 2, rules: { ...rules } } })
    expect(field('Pattern in the name').value).toBe('IMG')
    await wrapper.setProps({ grouping: { ...grouping, rules: { ...rules, pattern: 'DSC' } } })
    expect(field('Pattern in the name').value).toBe('DSC')
    expect(isDisabled('Group so')).toBe(true)
    wrapper.unmount()
  })

  it('are not made by a pattern that is none', async () => {
    const wrapper = await open()
    await type('Pattern in the name', '(')
    expect(text()).toContain('This is no regular expression.')
    expect(isDisabled('Group so')).toBe(true)
    await submit(0)
    expect(wrapper.emitted('group')).toBeUndefined()
    await type('Pattern in the name', '')
    expect(isDisabled('Group so')).toBe(true)
    wrapper.unmount()
  })
})

describe('A split', () => {
  it('is drawn by percent and seed, says what stays to train with, and begins on Enter', async () => {
    const wrapper = await open()
    expect(text()).toContain('80% of the photos stay to train with.')
    await type('Validation', '25')
    await type('Test', '12.5')
    await type('Seed', '7')
    expect(text()).toContain('62.5% of the photos stay to train with.')
    await submit(1)
    expect(wrapper.emitted('draw')).toEqual([[0.25, 0.125, 7]])
    expect(wrapper.emitted('close')).toHaveLength(1)
    wrapper.unmount()
  })

  it('that leaves nothing to train with is not drawn', async () => {
    const wrapper = await open()
    await type('Validation', '60')
    await type('Test', '40')
    expect(text()).toContain('Nothing is left to train with.')
    expect(isDisabled('Draw the split')).toBe(true)
    await submit(1)
    expect(wrapper.emitted('draw')).toBeUndefined()
    wrapper.unmount()
  })
})
