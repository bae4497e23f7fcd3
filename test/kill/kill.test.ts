import { test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { killAndResume } from '../support/kills.ts'

const folder = temporaryFolder()

/** `KILLS=20 npm run test:kill` for a shorter look. */
const times = Number(process.env['KILLS'] ?? 100)

test(`A run that is killed ${times} times at any moment is resumed to the same bytes`, async () => {
  await killAndResume(folder.path(), times)
})
