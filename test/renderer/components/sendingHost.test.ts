import { enableAutoUnmount, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { nextTick } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import SendingHost from '../../../src/renderer/components/SendingHost.vue'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { useSending } from '../../../src/renderer/stores/sending.ts'

enableAutoUnmount(afterEach)

it('Each batch of files has a bar of its own and a way to stop it, and none is left when all is sent', async () => {
  setActivePinia(createPinia())
  const host = mount(SendingHost, { global: { plugins: [i18n] } })
  const sending = useSending()
  expect(host.find('.sending').exists()).toBe(false)
  const stop = vi.fn()
  const first = sending.begin(4, () => undefined)
  const second = sending.begin(10, stop)
  first.sentOne()
  await nextTick()
  const bars = () => host.findAll('[role="progressbar"]').map((it) => it.attributes('aria-valuenow'))
  expect(bars()).toEqual(['25', '0'])
  expect(host.text()).toContain('1 of 4')
  await host.findAll('button')[1]!.trigger('click')
  expect(stop).toHaveBeenCalledOnce()
  first.end()
  await nextTick()
  expect(bars()).toEqual(['0'])
  second.end()
  await nextTick()
  expect(host.find('.sending').exists()).toBe(false)
})
