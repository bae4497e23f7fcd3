import { flushPromises } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import type { ClassGroup } from '../../../src/shared/api/classify.ts'
import ClassGroups from '../../../src/renderer/components/classify/ClassGroups.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { press, text } from '../support/page.ts'

const classes = ['tench', 'goldfish', 'great_white_shark', 'cock', 'bee_eater', 'bee']
const shown = ['텐치', '금붕어', '백상아리', '수탉', '벌잡이새', '벌']
let wrapper: VueWrapper
let groups: ClassGroup[]

beforeEach(() => (groups = []))

/** As the room does: what is kept comes back as what is given. */
async function open(given: ClassGroup[] = []): Promise<void> {
  groups = given
  wrapper = await mountRoom(ClassGroups, {
    api: fakeApi(),
    props: {
      ...{ groups, classes, shown },
      onChange: (next: ClassGroup[]) => {
        groups = next
        void wrapper.setProps({ groups: next })
      },
    },
  })
}
const field = (label: string, at = 0) =>
  wrapper.findAll<HTMLInputElement>(`input[aria-label="${label}"]`)[at]!
const options = () => wrapper.findAll('[role="option"]').map((it) => it.text())
const type = async (letters: string, at = 0) => {
  await field('Add a class', at).setValue(letters)
}
const key = (name: string, at = 0) => field('Add a class', at).trigger('keydown', { key: name })

it('is made by a name and classes that are found by a part of what is shown, or by their own names; keys alone do', async () => {
  await open()
  await press('New group')
  expect(document.activeElement).toBe(field('Name of the group').element)
  await field('Name of the group').setValue('물고기')
  await field('Name of the group').trigger('change')
  expect(groups).toEqual([])
  await type('붕')
  expect(options()).toEqual(['금붕어'])
  await key('Enter')
  await type('t')
  expect(options()[0]).toBe('텐치')
  await key('ArrowDown')
  await key('Enter')
  expect(groups).toEqual([{ name: '물고기', classes: ['goldfish', 'great_white_shark'] }])
  await key('Backspace')
  expect(groups).toEqual([{ name: '물고기', classes: ['goldfish'] }])
  await type('벌')
  expect(options()).toEqual(['벌', '벌잡이새'])
  await type('nothing')
  expect(options()).toEqual([])
  expect(text()).toContain('금붕어')
})

it('keeps its classes while a name is typed, and a syllable that is still put together chooses none', async () => {
  await open([{ name: 'fish', classes: ['tench'] }])
  await type('금')
  await key('Backspace')
  expect(groups).toEqual([{ name: 'fish', classes: ['tench'] }])
  await field('Add a class').trigger('keydown', { key: 'Enter', isComposing: true })
  expect(groups).toEqual([{ name: 'fish', classes: ['tench'] }])
  await key('Enter')
  expect(groups).toEqual([{ name: 'fish', classes: ['tench', 'goldfish'] }])
})

it('a class that is dragged into another group leaves the one that it was in; one without classes is kept here until it has some', async () => {
  await open(
    [
      { name: 'fish', classes: ['tench', 'cock'] },
      { name: 'birds', classes: [] as string[] },
    ].slice(0, 1),
  )
  await press('New group')
  await field('Name of the group', 1).setValue('birds')
  await field('Name of the group', 1).trigger('change')
  const dataTransfer = { getData: () => 'cock' }
  await wrapper.findAll('fieldset')[1]!.trigger('drop', { dataTransfer })
  expect(groups).toEqual([
    { name: 'fish', classes: ['tench'] },
    { name: 'birds', classes: ['cock'] },
  ])
  await wrapper.findAll('fieldset')[1]!.trigger('drop', { dataTransfer: { getData: () => 'no class' } })
  expect(groups[1]).toEqual({ name: 'birds', classes: ['cock'] })
  await press('Take 텐치 out of fish')
  expect(groups).toEqual([{ name: 'birds', classes: ['cock'] }])
  await flushPromises()
  expect(wrapper.findAll('fieldset')).toHaveLength(2)
})

it('what is typed stays with its group when another goes, and goes with its own', async () => {
  await open([
    { name: 'fish', classes: ['tench'] },
    { name: 'birds', classes: ['cock'] },
    { name: 'insects', classes: ['bee'] },
  ])
  await type('벌', 1)
  await press('Remove the group fish')
  expect(field('Add a class', 0).element.value).toBe('벌')
  expect(field('Add a class', 1).element.value).toBe('')
  await press('Remove the group insects')
  expect(field('Add a class', 0).element.value).toBe('벌')
  await key('Enter')
  expect(groups).toEqual([{ name: 'birds', classes: ['cock', 'bee'] }])
})

it('what is typed for a group that is removed is not typed for the next', async () => {
  await open([
    { name: 'fish', classes: ['tench'] },
    { name: 'birds', classes: ['cock'] },
  ])
  await type('벌')
  await press('Remove the group fish')
  expect(field('Add a class').element.value).toBe('')
  expect(options()).toEqual([])
})

it('groups that change elsewhere leave what is typed, and the focus, with the group that they are for', async () => {
  const fish = { name: 'fish', classes: ['tench'] }
  const birds = { name: 'birds', classes: ['cock'] }
  const insects = { name: 'insects', classes: ['bee'] }
  await open([fish, birds])
  await type('벌', 1)
  const typing = field('Add a class', 1).element
  typing.focus()
  await wrapper.setProps({ groups: [fish, insects, birds] })
  expect(field('Add a class', 2).element).toBe(typing)
  expect(typing.value).toBe('벌')
  expect(field('Add a class', 1).element.value).toBe('')
  await wrapper.setProps({ groups: [birds] })
  expect(field('Add a class').element).toBe(typing)
  expect(typing.value).toBe('벌')
  await wrapper.setProps({ groups: [fish] })
  expect(field('Add a class').element.value).toBe('')
  expect(options()).toEqual([])
})

it('a group that is renamed elsewhere keeps what is typed for it; one with other classes and another name does not', async () => {
  await open([
    { name: 'fish', classes: ['tench', 'goldfish'] },
    { name: 'birds', classes: ['cock'] },
  ])
  await type('벌', 1)
  await wrapper.setProps({
    groups: [
      { name: 'poultry', classes: ['cock'] },
      { name: 'fish', classes: ['tench', 'goldfish'] },
    ],
  })
  expect([field('Add a class', 0).element.value, field('Add a class', 1).element.value]).toEqual(['벌', ''])
  expect(options()).not.toEqual([])
  await wrapper.setProps({ groups: [{ name: 'insects', classes: ['bee'] }] })
  expect(field('Add a class', 0).element.value).toBe('')
})

it('a group that is only begun keeps its place, its typing and the focus when groups change elsewhere', async () => {
  const fish = { name: 'fish', classes: ['tench'] }
  const birds = { name: 'birds', classes: ['cock'] }
  await open([fish])
  await press('New group')
  await type('벌', 1)
  const typing = field('Add a class', 1).element
  typing.focus()
  await wrapper.setProps({ groups: [fish, birds] })
  expect(field('Add a class', 1).element).toBe(typing)
  expect(typing.value).toBe('벌')
  expect(document.activeElement).toBe(typing)
  await wrapper.setProps({ groups: [] })
  expect(field('Add a class').element).toBe(typing)
  expect(typing.value).toBe('벌')
})
