import { expect, test } from 'vitest'
import { contract, innerContract } from '../../src/shared/contract.ts'
import { dataFolders } from '../../src/shared/folders.ts'

test('What only the host and its children say to each other is not in the window’s contract', () => {
  const inner = Object.keys(innerContract.calls).filter((call) => !Object.hasOwn(contract.calls, call))
  expect(inner).toContain('pictures.file')
  expect(inner).toContain('trainer.hello')
})

test('Every call belongs to a process that exists', () => {
  for (const { owner } of Object.values(innerContract.calls))
    expect(['library', 'trainer', 'host']).toContain(owner)
})

test.each(['..', '.hidden', 'a/b', 'a\\b', '', 'x'.repeat(200), 'a\0b'])('“%s” is no id', (id) => {
  expect(contract.calls['runs.get'].input.safeParse({ run: id }).success).toBe(false)
})

test.each([
  ['linux', {}, '/home/kim/.local/share/thaw', '/home/kim/.local/share/thaw/cache'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/thaw', '/data/thaw/cache'],
  [
    'darwin',
    {},
    '/home/kim/Library/Application Support/Thaw',
    '/home/kim/Library/Application Support/Thaw/cache',
  ],
  ['win32', { APPDATA: 'C:\\Roaming' }, 'C:\\Roaming\\Thaw', 'C:\\Roaming\\Thaw\\cache'],
  ['linux', { THAW_HOME: '/h' }, '/h', '/h/cache'],
  ['linux', { THAW_HOME: '/h', THAW_CACHE: '/c' }, '/h', '/c'],
  [
    'linux',
    { THAW_HOME: '', THAW_CACHE: '' },
    '/home/kim/.local/share/thaw',
    '/home/kim/.local/share/thaw/cache',
  ],
])('On %s with %o data lie in %s and %s', (platform, env, home, cache) => {
  expect(dataFolders({ platform, env, userHome: '/home/kim' })).toEqual({ home, cache })
})
