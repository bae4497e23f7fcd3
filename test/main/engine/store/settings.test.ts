import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { changeSettings, readSettings } from '../../../../src/main/engine/store/settings.ts'
import { Settings } from '../../../../src/shared/api/app.ts'
import { temporaryFolder } from '../../../support/folder.ts'

const folder = temporaryFolder()

it('one setting that is changed leaves the others as they are, and each holds after a restart', async () => {
  const file = folder.path('settings.json')
  expect(await readSettings(file)).toEqual(Settings.parse({}))
  await changeSettings(file, { language: 'ko' })
  expect(await changeSettings(file, { theme: 'dark' })).toMatchObject({ language: 'ko', theme: 'dark' })
  expect(await readSettings(file)).toEqual(Settings.parse({ language: 'ko', theme: 'dark' }))
})

it('of a file that cannot be understood the defaults hold', async () => {
  for (const text of ['', '{"language": "kli', '{"language": 3}', '[]']) {
    await writeFile(folder.path('bad.json'), text)
    expect(await readSettings(folder.path('bad.json'))).toEqual(Settings.parse({}))
  }
})
