import { readdir, readFile, stat } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { freshAddress, leaveNote } from '../../../src/main/serve/running.ts'
import { put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const note = { address: 'http://127.0.0.1:9', apiToken: 'key' }

it('a server’s note is the person’s alone, and goes with the server', async () => {
  const home = folder.path('home')
  const takeAway = await leaveNote(home, note)
  const file = folder.path('home', 'servers', `${process.pid}.json`)
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(note)
  if (process.platform !== 'win32') {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(folder.path('home', 'servers'))).mode & 0o777).toBe(0o700)
  }
  await takeAway()
  expect(await readdir(folder.path('home', 'servers'))).toEqual([])
  await takeAway()
})

it('a disk that takes no note costs the fresh address, nothing else', async () => {
  const home = await put(folder.path('a-file'), 'x')
  await (
    await leaveNote(home, note)
  )()
  await expect(freshAddress(home)).rejects.toMatchObject({ code: 'serve.none', parameters: { home } })
})

it('notes of servers that are gone, and what is no note, are taken away', async () => {
  const home = folder.path('gone')
  await leaveNote(home, note)
  await put(folder.path('gone', 'servers', '1.json'), 'no JSON')
  await put(folder.path('gone', 'servers', '2.json'), '{"address":"nowhere","apiToken":""}')
  await expect(freshAddress(home)).rejects.toMatchObject({ code: 'serve.none' })
  expect(await readdir(folder.path('gone', 'servers'))).toEqual([])
})
