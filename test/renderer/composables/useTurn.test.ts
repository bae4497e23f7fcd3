import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { useTurn } from '../../../src/renderer/composables/useTurn.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const Slow = defineComponent(() => {
  const hasTurn = useTurn()
  return () => h('i', hasTurn.value ? 'drawn' : '')
})

const drawn = async (wrapper: { findAll: (of: string) => { text: () => string }[] }) => {
  await vi.advanceTimersToNextTimerAsync()
  return wrapper.findAll('i').map((it) => it.text() === 'drawn')
}

test('What is mounted together is drawn one after the other, each in a task of its own', async () => {
  const wrapper = mount(() => [h(Slow), h(Slow), h(Slow)])
  expect(wrapper.findAll('i').some((it) => it.text() === 'drawn')).toBe(false)
  expect(await drawn(wrapper)).toEqual([true, false, false])
  expect(await drawn(wrapper)).toEqual([true, true, false])
  expect(await drawn(wrapper)).toEqual([true, true, true])
})

test('Who is gone before its turn keeps nobody waiting', async () => {
  const isFirstThere = ref(true)
  const wrapper = mount(() => [isFirstThere.value ? h(Slow, { key: 1 }) : null, h(Slow, { key: 2 })])
  isFirstThere.value = false
  expect(await drawn(wrapper)).toEqual([true])
})
