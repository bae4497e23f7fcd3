import { expect, test } from 'vitest'
import { RunTold } from '../../../../src/main/engine/trainer/runTold.ts'
import type { RunEvent } from '../../../../src/shared/run.ts'

const started = { type: 'started', run: 'a-run', epochs: 3, epoch: 0 } as RunEvent
const batch = { type: 'batch', epoch: 2, batch: 4, batches: 8, secondsLeft: 5 } as RunEvent

test('The list of jobs goes on telling that a run ends with its epoch, until somebody takes that back', () => {
  const told = new RunTold()
  told.after(started)
  expect(told.stopsAfterEpoch(true).detail).toMatchObject({ run: 'a-run', stops: 1 })
  expect(told.after(batch)).toMatchObject({
    progress: { done: 12, total: 24 },
    detail: { epoch: 2, stops: 1 },
  })
  expect(told.stopsAfterEpoch(false).detail).toMatchObject({ stops: 0 })
})
