import { expect, test } from 'vitest'
import {
  idleSilence,
  AllowedSilence,
  unmeasuredSilence,
} from '../../../../src/main/engine/trainer/silence.ts'
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
  batch: 0,
  seed: 1,
}
const firstBatch: RunEvent = {
  type: 'batch',
  epoch: 1,
  batch: 1,
  batches: 2,
  loss: 1,
  accuracy: 0,
  batchLoss: 1,
  photosPerSecond: 1,
  secondsLeft: 1,
  learningRates: [],
}
const forecast = (secondsFirstEpoch: number): RunEvent => ({
  type: 'forecast',
  forecast: {
    freshEpochs: 1,
    secondsFirstEpoch,
    secondsEpoch: 1,
    secondsTotal: 1,
    peakMiB: 1,
    suggestedBatch: 32,
  },
})

test('Until a batch was measured nothing is known, and much is borne', () => {
  expect(new AllowedSilence().seconds).toBe(unmeasuredSilence)
})

test('Ten times the forecast batch may pass in silence', () => {
  const silence = new AllowedSilence()
  // Its `batch` is the place in the epoch where a resumed run goes on, and says nothing of a batch.
  expect(silence.learn({ ...started, batch: 64 })).toBe(false)
  expect(silence.learn(firstBatch)).toBe(false)
  expect(silence.learn(forecast(120))).toBe(true)
  expect(silence.seconds).toBe(600)
})

test('A quick batch does not make anyone impatient', () => {
  const silence = new AllowedSilence()
  silence.learn(started)
  silence.learn(forecast(0.01))
  expect(silence.seconds).toBe(idleSilence)
})
