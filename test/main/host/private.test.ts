import { chmod, mkdir, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { keepPrivate } from '../../../src/main/host/private.ts'
import { put, temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const rights = async (place: string) => ((await stat(place)).mode & 0o777).toString(8)

describe.skipIf(process.platform === 'win32')('the data folder', () => {
  it('is made for the person alone', async () => {
    keepPrivate(folder.path('new', 'home'))
    expect(await rights(folder.path('new', 'home'))).toBe('700')
  })

  it.each([
    [0o755, '700'],
    [0o770, '700'],
    [0o701, '700'],
    [0o700, '700'],
    // What the person took away from herself stays away.
    [0o500, '500'],
  ])('is closed to others where it is there already, %o', async (before, after) => {
    const home = folder.path(`there-${before}`)
    await mkdir(home)
    await chmod(home, before)
    keepPrivate(home)
    expect(await rights(home)).toBe(after)
    await chmod(home, 0o700)
  })
})

it('a place where none can be is told by whoever writes there next', async () => {
  const file = await put(folder.path('a-file'), 'x')
  expect(() => keepPrivate(folder.path('a-file', 'home'))).not.toThrow()
  expect((await stat(file)).isFile()).toBe(true)
})
