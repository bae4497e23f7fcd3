import { test } from 'vitest'
import { temporaryFolder } from '../support/folder.ts'
import { killAndResume } from '../support/kills.ts'

const folder = temporaryFolder()

test('A run that is killed 20 times at any moment is resumed to the same bytes', async () => {
  await killAndResume(folder.path(), 20)
})
