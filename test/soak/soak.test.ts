import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { soak } from '../support/soak.ts'

const folder = temporaryFolder()

test('After 30 minutes with readers that do not read and 50 connections that are cut the server holds as much memory as before', async () => {
  const minutes = Number(process.env['SOAK_MINUTES'] ?? 30)
  const soaked = await soak(folder.path(), minutes, 50)
  console.log(soaked)
  expect(soaked.resumed).toBeGreaterThanOrEqual(45)
  expect(soaked.cutOff).toBeGreaterThan(0)
  expect(soaked.after / soaked.before).toBeLessThan(1.05)
})
