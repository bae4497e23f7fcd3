import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import RenameClassDialog from '../../../../src/renderer/components/photos/RenameClassDialog.vue'
import { fakeApi } from '../../support/fakeApi.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { control, press, text } from '../../support/page.ts'

let named: unknown[]
beforeEach(async () => {
  named = []
  const props = {
    ...{ from: 'Ant', classes: ['Ant', 'ants', 'bees'], photos: [3, 120, 9] },
    onRename: (to: string) => named.push(to),
  }
  await mountRoom(RenameClassDialog, { api: fakeApi({}), props })
})

async function type(name: string): Promise<void> {
  const field = document.querySelector<HTMLInputElement>('[role="dialog"] input')!
  field.value = name
  field.dispatchEvent(new Event('input'))
  await flushPromises()
}

it('Before two classes become one it is said which, and with how many photos', async () => {
  expect(text()).toContain('It has 3 photos.')
  await type('ants')
  expect(text()).toContain('3 photos come to “ants”, which has 120.')
  await press('Merge')
  expect(named).toEqual(['ants'])
})

it('A new name is no merge, and the old one or none is no name', async () => {
  const isDisabled = () => control('Rename').matches(':disabled')
  expect(isDisabled()).toBe(true)
  await type('  ')
  expect(isDisabled()).toBe(true)
  await type(' wasps ')
  await press('Rename')
  expect(named).toEqual(['wasps'])
})
