import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import JobsPanel from '../../../src/renderer/components/jobs/JobsPanel.vue'
import type { Job } from '../../../src/shared/api/jobs.ts'
import { en } from '../../../src/renderer/i18n/index.ts'
import { jobKinds } from '../../../src/shared/api/jobs.ts'
import { plainError, ThawError } from '../../../src/shared/errors.ts'
import { fakeApi } from '../support/fakeApi.ts'
import { aJob } from '../support/fakeJobs.ts'
import { mountRoom } from '../support/mountRoom.ts'

const training = aJob({
  id: 't1',
  kind: 'train',
  subject: 'Garden, 3',
  progress: { done: 27, total: 100 },
  secondsLeft: 1440,
  detail: { run: 'r', epoch: 4, epochs: 12, correct: 311, of: 357 },
})
const waits = (id: string, place: number): Job =>
  aJob({ id, kind: 'train', subject: id, state: 'waiting', place, started: null })

const open = (props: Partial<Record<'running' | 'waiting' | 'ended', Job[]>> & { isLost?: boolean } = {}) =>
  mountRoom(JobsPanel, {
    api: fakeApi(),
    props: { running: [], waiting: [], ended: [], isLost: false, ...props },
  })
const text = () => document.body.textContent.replaceAll(/[\s\u2068\u2069\u202f]+/g, ' ')
const key = async (code: string, more: KeyboardEventInit = {}) => {
  const target = document.activeElement ?? document.body
  target.dispatchEvent(new KeyboardEvent('keydown', { code, bubbles: true, cancelable: true, ...more }))
  await flushPromises()
}

test('What runs is told with its time left, its epoch and its best so far', async () => {
  await open({ running: [training] })
  expect(text()).toContain('Train Garden, 3')
  expect(text()).toContain('24 min left')
  expect(text()).toContain('Epoch 4 of 12 · .871 (311 of 357) so far')
  expect(document.querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')).toBe('27')
})

test('Nothing at all is told as such', async () => {
  await open()
  expect(text()).toContain('Nothing runs.')
})

test('What failed says why and what to do, and can be tried again', async () => {
  const error = plainError(new ThawError('disk.full', { file: '/home/x' }))
  const panel = await open({
    ended: [aJob({ id: 'f', kind: 'export', subject: 'Garden, 2', state: 'failed', error })],
  })
  expect(text()).toContain(`${error.message} ${error.advice}`)
  document.querySelector<HTMLElement>('.job-acts button')!.click()
  expect(panel.emitted('retry')).toEqual([['f']])
})

test('Thumbnails, which nobody asked for, take no line', async () => {
  await open({ running: [aJob({ kind: 'thumbnails' })] })
  expect(text()).toContain('Nothing runs.')
})

test('The queue is reordered by Alt and arrows, and left by Delete', async () => {
  const panel = await open({ running: [training], waiting: [waits('a', 1), waits('b', 2), waits('c', 3)] })
  expect(text()).toMatch(/Train a ?next ?.*Train b ?after that ?.*Train c ?no\. 3/)
  for (let i = 0; i < 2; i += 1) await key('ArrowDown')
  await key('ArrowDown', { altKey: true })
  await key('ArrowDown')
  await key('ArrowUp', { altKey: true })
  await key('Delete')
  expect(panel.emitted('move')).toEqual([
    ['a', 'c'],
    ['b', 'a'],
  ])
  expect(panel.emitted('cancel')).toEqual([['b']])
  await key('Escape')
  expect(panel.emitted('close')).toHaveLength(1)
})

test('While the connection is lost bars are hatched, the clock stands and nothing can be asked', async () => {
  await open({ running: [training], isLost: true })
  expect(text()).toContain('The connection is lost.')
  expect(text()).not.toContain('min left')
  expect(document.querySelector('.progress.hatched')).not.toBeNull()
  for (const button of document.querySelectorAll<HTMLButtonElement>('.job-acts button'))
    expect(button.disabled).toBe(true)
})

test('Every kind has its words', () => {
  for (const kind of Object.keys(jobKinds)) expect(en.jobs).toHaveProperty(`kind_${kind}`)
})
