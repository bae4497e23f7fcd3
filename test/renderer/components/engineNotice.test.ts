import { flushPromises } from '@vue/test-utils'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { EngineState } from '../../../src/shared/api/app.ts'
import EngineNotice from '../../../src/renderer/components/EngineNotice.vue'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { text } from '../support/page.ts'

it('A part that is still starting after a while is spoken of, until it is there', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const state = (now: EngineState['state']): EngineState => ({ part: 'library', state: now, why: null })
  const api = fakeApi({ 'engine.states': () => ({ states: [state('starting')] }) })
  await mountRoom(EngineNotice, { api })
  await flushPromises()
  await vi.advanceTimersByTimeAsync(4000)
  expect(text()).toBe('')
  await vi.advanceTimersByTimeAsync(2000)
  expect(text()).toContain('The library is still starting')
  api.emit('engine.state', state('ready'))
  await flushPromises()
  expect(text()).toBe('')
})
