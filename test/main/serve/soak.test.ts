import { expect, test } from 'vitest'
import { temporaryFolder } from '../../support/folder.ts'
import { soak } from '../../support/soak.ts'

const folder = temporaryFolder()

test('Half a minute of the soak: readers that do not read do not fill the memory, and who was cut off goes on where it was', async () => {
  const soaked = await soak(folder.path(), 0.5, 5)
  expect(soaked.resumed).toBe(5)
  expect(soaked.jobs).toBeGreaterThan(5)
  expect(soaked.after / soaked.before).toBeLessThan(1.25)
  // A process of Node, with what may wait for a reader that was not cut off yet.
  expect(soaked.most).toBeLessThan(350)
}, 120_000)
