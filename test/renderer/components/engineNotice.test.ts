import { flushPromises } from '@vue/test-utils'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { EngineState } from '../../../src/shared/api/app.ts'
import App from '../../../src/renderer/App.vue'
import EngineNotice from '../../../src/renderer/components/EngineNotice.vue'
import { room } from '../../../src/renderer/router.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { press, text } from '../support/page.ts'

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

it('A room whose files did not come is said to be so, and loading the page anew waits to be asked for', async () => {
  const api = fakeApi({})
  const again = vi.spyOn(api, 'openAgain')
  const app = await mountRoom(App, { api })
  const { $router: router } = app.vm
  router.removeRoute('runs')
  router.addRoute({
    path: '/runs',
    name: 'runs',
    component: room(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module'))),
  })
  await router.push('/runs?open=3').catch(() => undefined)
  await flushPromises()
  expect(text()).toContain('This room’s files did not come')
  expect(again).not.toHaveBeenCalled()
  const address = vi.spyOn(window.history, 'replaceState')
  await press('Reload')
  expect(address).toHaveBeenCalledWith(null, '', '/runs?open=3')
  expect(again).toHaveBeenCalledExactlyOnceWith()
  // Who goes to a room that is there needs it no more.
  await router.push('/settings')
  await flushPromises()
  expect(text()).not.toContain('This room’s files did not come')
})
