import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import SegmentedControl from '../../../src/renderer/components/SegmentedControl.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'

it('is a group of its own beside others: what is chosen in one changes no other', async () => {
  const chosen = [ref('a'), ref('a')]
  const options = ['a', 'b', 'c'].map((value) => ({ value, text: value }))
  const two = defineComponent(() => () => [
    ...chosen.map((one, index) =>
      h(SegmentedControl<string>, {
        ...{ label: `group ${index}`, options, modelValue: one.value },
        'onUpdate:modelValue': (value: string) => (one.value = value),
      }),
    ),
  ])
  await mountRoom(two, { api: fakeApi() })
  const marked = () =>
    [...document.querySelectorAll<HTMLInputElement>('[role="radiogroup"] :checked')].map((it) => it.value)
  expect(marked()).toEqual(['a', 'a'])
  document.querySelectorAll<HTMLElement>('[aria-label="group 1"] label')[2]!.click()
  await flushPromises()
  expect(chosen.map((one) => one.value)).toEqual(['a', 'c'])
  expect(marked()).toEqual(['a', 'c'])
})
