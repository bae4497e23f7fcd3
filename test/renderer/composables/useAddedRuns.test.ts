import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { useAddedRuns } from '../../../src/renderer/composables/useAddedRuns.ts'
import { useMessages } from '../../../src/renderer/stores/messages.ts'
import { plainError, ThawError } from '../../../src/shared/errors.ts'
import type { Job } from '../../../src/shared/api/jobs.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { aJob } from '../support/fakeJobs.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { someRun } from '../support/samples.ts'

/** A page that is opened while a run is being copied in; then the job becomes what is given. */
async function after(end: Partial<Job>) {
  const job = aJob({ id: 'copying', kind: 'addRun', subject: 'usb' })
  const api = fakeApi({
    'runs.list': () => ({ runs: [{ ...someRun, id: 'theirs' }], damaged: [] }),
    'runs.remove': () => ({}),
  })
  api.jobs.put(job)
  await mountRoom({ setup: () => (useAddedRuns(), () => null) }, { api })
  api.emit('job.changed', { ...job, ended: job.created, ...end })
  await flushPromises()
  return {
    toasts: useMessages().toasts,
    removed: () => api.made.filter(({ call }) => call === 'runs.remove'),
  }
}

const result = { run: 'theirs', name: 'Theirs', isNew: true }

it('A run that was copied in is told of, also in a page that was loaded meanwhile, and taken back', async () => {
  const { toasts, removed } = await after({ state: 'done', result })
  expect(toasts.map(({ text }) => text!())).toEqual(['“Theirs” was added.'])
  expect(toasts[0]!.canUndo!()).toBe(true)
  await toasts[0]!.undo!()
  expect(removed()).toEqual([{ call: 'runs.remove', input: { run: 'theirs' } }])
})

it('A run that lay there already is not taken away by an undo', async () => {
  const { toasts } = await after({ state: 'done', result: { ...result, isNew: false } })
  expect(toasts[0]!.undo).toBeUndefined()
})

it('Why one could not be copied is told, and of one that was called off nothing is', async () => {
  const error = plainError(new ThawError('run.present', { name: 'Theirs' }))
  expect((await after({ state: 'failed', error })).toasts[0]!.error?.code).toBe('run.present')
  expect((await after({ state: 'cancelled' })).toasts).toEqual([])
})
