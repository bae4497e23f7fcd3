import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { WorkingTime } from '../../../../src/main/engine/training/workingTime.ts'

test('Time stands still while a run rests, and goes on afterwards', async () => {
  const time = new WorkingTime()
  const at = time.now()
  const seconds = await time.rest(() => sleep(300))
  expect(seconds).toBeGreaterThan(0.25)
  expect(time.now() - at).toBeLessThan(200)
  await sleep(50)
  expect(time.now() - at).toBeGreaterThan(40)
})
