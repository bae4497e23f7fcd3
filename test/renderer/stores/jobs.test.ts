import { createPinia, setActivePinia } from 'pinia'
import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { createApp } from 'vue'
import { apiKey } from '../../../src/renderer/api.ts'
import { useTask } from '../../../src/renderer/composables/useTask.ts'
import { useJobs } from '../../../src/renderer/stores/jobs.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import type { FakeCalls } from '../support/fakeApi.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { aJob } from '../support/fakeJobs.ts'

function aWindow(calls: FakeCalls = {}) {
  const api = fakeApi(calls)
  const pinia = createPinia()
  const app = createApp({}).provide(apiKey, api).use(pinia)
  setActivePinia(pinia)
  return { api, run: <T>(work: () => T): T => app.runWithContext(work) }
}

test('A window that is opened later knows the jobs of others, and follows them', async () => {
  const { api, run } = aWindow()
  api.jobs.put(aJob({ id: 'a' }))
  const jobs = run(() => useJobs())
  await flushPromises()
  expect(jobs.running).toMatchObject([{ id: 'a' }])
  const result = jobs.result('thumbnails', 'a')
  api.emit('job.changed', aJob({ id: 'a', state: 'done', ended: '2026-11-28T12:01:00.000Z', result: {} }))
  expect(await result).toEqual({})
  expect([jobs.running, jobs.ended.length]).toEqual([[], 1])
})

test('A failure counts as new until the panel was open', async () => {
  const { api, run } = aWindow()
  const jobs = run(() => useJobs())
  await flushPromises()
  api.emit('job.changed', aJob({ id: 'a', state: 'failed' }))
  expect(jobs.hasNewFailure).toBe(true)
  jobs.isOpen = true
  await flushPromises()
  jobs.isOpen = false
  expect(jobs.hasNewFailure).toBe(false)
})

test('After a lost connection the list is asked for again: what ended meanwhile has ended', async () => {
  const { api, run } = aWindow()
  api.jobs.put(aJob({ id: 'a' }))
  const jobs = run(() => useJobs())
  await flushPromises()
  api.setConnection('lost')
  api.jobs.put(aJob({ id: 'a', state: 'failed', error: null }))
  const result = jobs.result('scan', 'a')
  api.setConnection('open')
  await expect(result).rejects.toMatchObject({ code: 'cancelled' })
})

test('A task that is asked again drops the answer to the first asking; a cancellation is no failure', async () => {
  const { run } = aWindow()
  const { task, run: ask, stop } = run(() => useTask<number>({ outlives: true }))
  const first = Promise.withResolvers<number>()
  const one = ask(() => first.promise)
  expect(await ask(() => Promise.resolve(2))).toBe(2)
  first.resolve(1)
  expect(await one).toBeUndefined()
  expect(task.value).toEqual({ state: 'ready', value: 2 })
  await ask(() => Promise.reject(new ThawError('cancelled')))
  expect(task.value).toEqual({ state: 'idle' })
  await ask(() => Promise.reject(new ThawError('disk.full', { file: 'x' })))
  expect(task.value).toMatchObject({ state: 'failed', error: { code: 'disk.full' } })
  const never = ask(
    (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new ThawError('cancelled')))),
  )
  await stop()
  expect(await never).toBeUndefined()
  expect(task.value).toEqual({ state: 'idle' })
})
