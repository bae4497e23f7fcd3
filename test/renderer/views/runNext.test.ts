import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import RunNext from '../../../src/renderer/views/run/RunNext.vue'
import { evaluationReport } from '../../../src/shared/evaluation/report.ts'
import type { Evaluation } from '../../../src/shared/api/evaluation.ts'
import { ThawError } from '../../../src/shared/errors.ts'
import type { CallOptions } from '../../../src/shared/rpc.ts'
import { fakeApi } from '../support/fakeApi.ts'
import type { FakeCalls } from '../support/fakeApi.ts'
import { mountRoom } from '../support/mountRoom.ts'
import { all, press, text } from '../support/page.ts'
import { someDetails, someRun } from '../support/samples.ts'

const classes = ['ants', 'bees']
/** Of photos whose dataset was taken off the list. */
const goneEvaluation: Evaluation = {
  ...{ part: 'val', classes, photos: 1, failed: 0, slices: [], thresholds: [] },
  report: evaluationReport([2, 0], [0], classes),
  ...{ hasHistory: true, dataset: null, temperature: null, isOld: false },
}

it('The learning curve says how far it is and can be stopped, and then can be asked for again', async () => {
  /** What the job's work does, see fakeJobs.ts. */
  const measure = (_: unknown, { signal, onProgress }: CallOptions<Record<string, number>>) => {
    onProgress?.({ done: 10, total: 40 })
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new ThawError('cancelled')))
    })
  }
  const calls = {
    'runs.list': () => ({ runs: [someRun], damaged: [] }),
    'runs.get': () => someDetails(someRun),
    'bank.learningCurve': measure,
  } as FakeCalls
  await mountRoom(RunNext, { api: fakeApi(calls), at: `/runs/${someRun.id}/next` })
  expect(all('[role="progressbar"]')).toEqual([])
  await press('Measure')
  await flushPromises()
  expect(all('[role="progressbar"]').map((it) => it.getAttribute('aria-valuenow'))).toEqual(['25'])
  expect(text()).toContain('10 of 40')
  await press('Cancel')
  await flushPromises()
  expect(all('[role="progressbar"]')).toEqual([])
  expect(all('[role="alert"]')).toEqual([])
})

it('Nothing is said of labels where the photos are no dataset any more', async () => {
  await mountRoom(RunNext, {
    api: fakeApi({
      'runs.list': () => ({ runs: [someRun], damaged: [] }),
      'runs.get': () => someDetails(someRun),
      'evaluations.get': () => ({ evaluation: goneEvaluation }),
    }),
    at: `/runs/${someRun.id}/next`,
  })
  await flushPromises()
  expect(text()).not.toContain('Every photo of the dataset has a label')
  expect(text()).toContain('Add the photos again')
})
