import type { VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import LiveNotices from '../../../src/renderer/components/live/LiveNotices.vue'
import GoneNotice from '../../../src/renderer/components/runs/GoneNotice.vue'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { scoreOf } from '../../../src/shared/metrics.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'

beforeEach(() => void (i18n.global.locale.value = 'en'))

/** Epochs by the number of right answers of a hundred, in training and validation, at one loss. */
const epochsOf = (counts: readonly (readonly [train: number | null, val: number])[]) =>
  counts.map(([train, val], epoch) => ({
    epoch,
    train: train === null ? null : scoreOf(100, train, 100),
    val: scoreOf(100, val, 100),
  }))
/** Nothing moves. */
const still = epochsOf([
  [null, 50],
  [50, 50],
  [50, 50],
])
/** Training pulls ahead. */
const byHeart = epochsOf([
  [null, 50],
  [60, 55],
  [75, 55],
  [95, 55],
])

async function notices(epochs: unknown, more: object = {}): Promise<VueWrapper> {
  const props = { epochs, isLive: true, stops: false, isActing: false, factor: 3, ...more }
  return mountRoom(LiveNotices, { api: fakeApi(), props })
}
const buttons = (wrapper: VueWrapper) => wrapper.findAll('button').map((it) => it.text())

it('A run that does not move is offered larger rates while it trains, once at a time', async () => {
  const wrapper = await notices(still)
  await wrapper.get('button').trigger('click')
  expect(wrapper.emitted('raiseRates')).toHaveLength(1)
  await wrapper.setProps({ isActing: true })
  expect(wrapper.get('button').attributes('disabled')).toBeDefined()
  await wrapper.setProps({ isActing: false, isLive: false })
  expect(buttons(wrapper)).toEqual([])
  expect(wrapper.get('[role=status]').text()).toBe('')
})

it('A run that learns by heart is offered its end while it trains and does not end anyway', async () => {
  const wrapper = await notices(byHeart, { isActing: false })
  const stopping = () => wrapper.findAll('button').filter((it) => it.text().includes('epoch'))
  expect(stopping()).toHaveLength(1)
  await stopping()[0]!.trigger('click')
  expect(wrapper.emitted('stopAfter')).toHaveLength(1)
  await wrapper.setProps({ stops: true })
  expect(stopping()).toEqual([])
  await wrapper.setProps({ stops: false, isLive: false })
  expect(stopping()).toEqual([])
  expect(wrapper.get('[role=status]').text()).not.toBe('')
})

it('A run that is gone is told to screen readers too, and brought back by its button', async () => {
  const wrapper = await mountRoom(GoneNotice, { api: fakeApi() })
  expect(wrapper.get('[role=status]').text()).not.toBe('')
  await wrapper.get('button').trigger('click')
  expect(wrapper.emitted('restore')).toHaveLength(1)
})
