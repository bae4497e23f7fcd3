import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it } from 'vitest'
import type { ChartMarker } from '../../../src/renderer/components/charts/lines.ts'
import { useRunMarkers } from '../../../src/renderer/composables/useRunMarkers.ts'
import { i18n } from '../../../src/renderer/i18n/index.ts'
import { emptyRunView, foldEvents } from '../../../src/renderer/stores/runView.ts'
import type { RunEvent, RunEventOf } from '../../../src/shared/run.ts'
import { someEvents } from '../support/samples.ts'

const ofType = <T extends RunEvent['type']>(type: T): RunEventOf<T> =>
  someEvents().find((event): event is RunEventOf<T> => event.type === type)!
const batch = (epoch: number, number: number): RunEvent => ({
  ...ofType('batch'),
  epoch,
  batch: number,
  batches: 8,
})
const started = (epoch: number, number: number): RunEvent => ({ ...ofType('started'), epoch, batch: number })
const plan = (epoch: number): RunEvent => ({ ...ofType('plan'), epoch })
const pause = { epoch: 2, batch: 4, batches: 8 }

/** Signs with their places, as a chart of these events has them. */
function marked(events: readonly RunEvent[], kept: readonly number[] = []) {
  const view = foldEvents(emptyRunView, events)
  let markers: readonly ChartMarker[] = []
  const setup = () => {
    markers = useRunMarkers(
      () => view,
      () => kept,
    ).value
    return () => null
  }
  mount({ setup }, { global: { plugins: [createPinia(), i18n] } })
  return markers
}
const signs = (events: readonly RunEvent[]) => marked(events).map(({ epoch, sign }) => [epoch, sign])

it('A pause and what went on after it are marked where the epoch stood', () => {
  const events = [plan(1), started(0, 0), batch(2, 4), { type: 'paused', ...pause } as const]
  expect(signs(events)).toEqual([[1.5, 'pause']])
  expect(marked([...events, { type: 'resumed', ...pause, seconds: 90 }]).at(-1)).toMatchObject({
    ...{ epoch: 1.5, sign: 'resume', text: expect.stringContaining('Went on in epoch 2 after') },
  })
})

it('A run that was stopped and goes on is marked there, and its plan is no other one', () => {
  const stopped: RunEvent = { type: 'stopped', epoch: 2, batch: 2, reason: 'asked' }
  expect(signs([plan(1), started(0, 0), batch(2, 2), stopped, plan(2), started(2, 2)])).toEqual([
    [1.25, 'stop'],
    [1.25, 'resume'],
  ])
})

it('A run that was stopped between two epochs is said to have stopped after the one that is done', () => {
  const stopped: RunEvent = { type: 'stopped', epoch: 3, batch: 0, reason: 'asked' }
  expect(marked([plan(1), started(0, 0), batch(2, 4), stopped]).at(-1)).toMatchObject({
    ...{ epoch: 2, sign: 'stop', text: 'Stopped after epoch 2' },
  })
  const early: RunEvent = { type: 'stopped', epoch: 2, batch: 0, reason: 'early-stopping' }
  expect(marked([plan(1), started(0, 0), batch(2, 4), early]).at(-1)).toMatchObject({
    ...{ epoch: 2, text: 'Stopped after epoch 2' },
  })
})

it('A plan that comes later is marked at the end of the epoch before it, and a fork where it parted', () => {
  const forked: RunEvent = { type: 'forked', from: 'a', name: 'a', epoch: 1, tensors: 3 }
  const warning: RunEvent = { type: 'warning', code: 'gpu.autotune', message: '' }
  expect(signs([plan(2), started(2, 0), warning, forked, plan(3)])).toEqual([
    [1, 'fork'],
    [2, 'plan'],
  ])
})

it('Each epoch whose checkpoint is kept has a mark on the axis that says which it is', () => {
  expect(marked([], [1, 3])).toEqual(
    [1, 3].map((epoch) => ({
      ...{ epoch, sign: 'checkpoint', text: `Checkpoint kept: epoch ${epoch}`, look: 'tick' },
    })),
  )
})
