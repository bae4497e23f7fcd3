import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { carryOrShow, filings } from '../../../src/main/commands/filing.ts'
import { jpeg, put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()

/** Files photos by move as `thaw classify --file-to` does. @returns what is printed, and the exit code */
async function filed(photos: readonly string[], json = false) {
  vi.stubEnv('THAW_HOME', folder.path('home'))
  const before = process.exitCode
  const written: string[] = []
  const write = (text: unknown) => written.push(String(text)) > 0
  const spies = [process.stdout, process.stderr].map((to) => vi.spyOn(to, 'write').mockImplementation(write))
  onTestFinished(() => {
    process.exitCode = before
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  })
  const request = {
    ...({ photos: photos.map((file) => ({ file, class: 'bees' })), how: 'move', clash: 'number' } as const),
    ...{
      pattern: '{class}/{name}',
      target: folder.path('sorted'),
      prefix: [],
      dayOf: () => Promise.resolve(''),
    },
  }
  await carryOrShow(request, { json }, new AbortController().signal)
  const code = process.exitCode
  for (const spy of spies) spy.mockRestore()
  return { code, text: written.join('') }
}

test('Where no photo can be filed nothing is offered to be taken back, and the exit code is 1', async () => {
  const gone = folder.path('photos', 'gone.jpg')
  const { code, text } = await filed([gone])
  expect(code).toBe(1)
  expect(text).toContain(gone)
  expect(text).toContain('No photo was filed.')
  expect(text).not.toContain('thaw undo')
  expect((await filings().list()).map(({ done }) => done)).toEqual([0])
  const told = await filed([gone], true)
  expect(told.text).toContain('"acts":0')
  expect(told.text).toContain('photo.missing')
})

test('Where some are refused the others are filed, and the exit code is 1', async () => {
  const there = folder.path('photos', 'there.jpg')
  await put(there, await jpeg({ r: 1, g: 2, b: 3 }, 40, 30))
  const { code, text } = await filed([there, folder.path('photos', 'gone.jpg')])
  expect(code).toBe(1)
  expect(text).toContain('Photos filed: 1 of 1')
  expect(await readdir(path.join(folder.path('sorted'), 'bees'))).toEqual(['there.jpg'])
})
