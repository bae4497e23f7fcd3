import { expect, test } from 'vitest'
import { idlePatience, Patience, unmeasuredPatience } from '../../../../src/main/engine/trainer/patience.ts'
import type { RunEvent } from '../../../../src/shared/run.ts'
import { environment } from '../../../support/engine/records.ts'

const started: RunEvent = {
  type: 'started',
  run: 'r',
  folder: '/r',
  environment,
  classes: ['a', 'b'],
  train: 64,
  val: 2,
  unreadable: 0,
  epochs: 1,
  epoch: 0,
  batch: 32,
  seed: 1,
}
const forecast = (secondsFirstEpoch: number): RunEvent => ({
  type: 'forecast',
  forecast: { secondsFirstEpoch, secondsEpoch: 1, secondsTotal: 1, peakMiB: 1, suggestedBatch: 32 },
})

test('Until a batch was measured nothing is known, and much is borne', () => {
  expect(new Patience().seconds).toBe(unmeasuredPatience)
})

test('Ten times the forecast batch may pass in silence', () => {
  const patience = new Patience()
  expect(patience.learn(started)).toBe(false)
  expect(patience.learn(forecast(120))).toBe(true)
  expect(patience.seconds).toBe(600)
})

test('A quick batch does not make anyone impatient', () => {
  const patience = new Patience()
  patience.learn(started)
  patience.learn(forecast(0.01))
  expect(patience.seconds).toBe(idlePatience)
})
