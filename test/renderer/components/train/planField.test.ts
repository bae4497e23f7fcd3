import { flushPromises } from '@vue/test-utils'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import PlanField from '../../../../src/renderer/components/train/PlanField.vue'
import { withClasses } from '../../../../src/shared/model/layers.ts'
import type { Plan } from '../../../../src/shared/model/plan.ts'
import { networkOf } from '../../../../src/shared/model/registry.ts'
import type { PlanName } from '../../../../src/shared/model/registry.ts'
import { fakeApi } from '../../support/fakeApi.ts'
import { layOut } from '../../support/layout.ts'
import { mountRoom } from '../../support/mountRoom.ts'
import { all, control, press, text } from '../../support/page.ts'

beforeAll(layOut)

const network = withClasses(networkOf('resnet18'), 2)
const holds: Plan = { '': { learningRate: 'frozen' }, fc: { learningRate: 1e-3 } }
const model = ref<Plan | PlanName | ''>('')
let submitted = 0

beforeEach(async () => {
  model.value = ''
  submitted = 0
  const form = defineComponent({
    setup: () => () =>
      h('form', { onSubmit: (event: Event) => (event.preventDefault(), submitted++) }, [
        h(PlanField, {
          ...{ network, holds, factor: 3, label: 'Plan from there on' },
          modelValue: model.value,
          'onUpdate:modelValue': (value: Plan | PlanName | '') => (model.value = value),
        }),
        h('button', 'Send'),
      ]),
  })
  await mountRoom(form, { api: fakeApi({}), at: '/runs' })
})

async function choose(value: string): Promise<void> {
  const select = document.querySelector('select')!
  select.value = value
  select.dispatchEvent(new Event('change'))
  await flushPromises()
}
const boxOf = (node: string) => document.querySelector<HTMLElement>(`[data-node="${node}"] [data-checked]`)!
async function toggle(node: string): Promise<void> {
  boxOf(node).click()
  await flushPromises()
}

it('A plan of one’s own begins with what holds, at the rates that were chosen', async () => {
  await choose('own')
  expect(model.value).toEqual({ fc: { learningRate: 3e-3 } })
  expect(text()).toContain('1,026 of 11,177,538 parameters learn')
})

it('It begins with the named plan that was chosen before', async () => {
  await choose('everything')
  expect(model.value).toBe('everything')
  await choose('own')
  expect(model.value).toEqual({ '': { learningRate: 3e-3 } })
})

it('Layers learn or freeze by a click, with undo and redo; that nothing learns is said', async () => {
  await choose('own')
  const before = model.value
  await toggle('fc')
  expect(all('[role="alert"]').map((it) => it.textContent)).toEqual([
    'Nothing learns: let one layer learn at least.',
  ])
  await press('Undo')
  expect(model.value).toEqual(before)
  expect(all('[role="alert"]')).toEqual([])
  await press('Redo')
  expect(text()).toContain('Nothing learns')
  await toggle('layer4')
  expect(text()).toContain('8,393,728 of 11,177,538 parameters learn')
  expect((control('Redo') as HTMLButtonElement).disabled).toBe(true)
})

it('Enter in a field of a rate sets it, and does not send the form off', async () => {
  await choose('own')
  const field = document.querySelector<HTMLInputElement>('.rate-field input')!
  const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })
  field.dispatchEvent(enter)
  expect(enter.defaultPrevented).toBe(true)
  expect(submitted).toBe(0)
})

it('Ctrl Z and Ctrl Shift Z work in the dialog in which it stands, and not below another one', async () => {
  await choose('own')
  const before = model.value
  await toggle('layer4')
  const after = model.value
  const keys = async (shiftKey: boolean) => {
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, shiftKey, bubbles: true, cancelable: true }),
    )
    await flushPromises()
    return model.value
  }
  document.querySelector('form')!.setAttribute('role', 'dialog')
  expect(await keys(false)).toEqual(before)
  expect(await keys(true)).toEqual(after)
  const other = document.body.appendChild(document.createElement('div'))
  other.setAttribute('role', 'alertdialog')
  expect(await keys(false)).toEqual(after)
  other.remove()
})

it('Another plan forgets what could be undone in the one before, and a new change what could be done again', async () => {
  const isOff = (name: string) => (control(name) as HTMLButtonElement).disabled
  await choose('own')
  await toggle('layer4')
  await press('Undo')
  expect([isOff('Undo'), isOff('Redo')]).toEqual([true, false])
  await toggle('layer3')
  expect([isOff('Undo'), isOff('Redo')]).toEqual([false, true])
  await toggle('layer2')
  await press('Undo')
  expect([isOff('Undo'), isOff('Redo')]).toEqual([false, false])
  await choose('everything')
  await choose('own')
  expect([isOff('Undo'), isOff('Redo')]).toEqual([true, true])
})

it('What changes nothing is no change to be undone', async () => {
  await choose('own')
  const field = document.querySelector<HTMLInputElement>('.rate-field input')!
  const before = field.value
  field.dispatchEvent(new Event('input'))
  field.dispatchEvent(new Event('change'))
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  await flushPromises()
  expect(field.value).toBe(before)
  expect((control('Undo') as HTMLButtonElement).disabled).toBe(true)
})
