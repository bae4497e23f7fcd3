import { afterAll, expect, test, vi } from 'vitest'
import { testFolder } from '../../support/engine/host.ts'
import { app, BrowserWindow, Menu, nativeTheme, schemes, session } from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))
afterAll(() => vi.unstubAllEnvs())

test('A second start leaves it to the first, and starts no engine', async () => {
  app.first = false
  await import('../../../src/main/index.ts')
  expect(app.quits).toBe(1)
  expect(BrowserWindow.all).toEqual([])
  vi.resetModules()
  schemes.length = 0
  app.first = true
})

test('The app starts: scheme, sandbox, permissions, menu and window; and ends with its children', async () => {
  vi.stubEnv('THAW_HOME', await testFolder())
  app.languages = ['ko-KR']
  await import('../../../src/main/index.ts')
  await expect.poll(() => BrowserWindow.all.length).toBe(1)
  expect(schemes.map(({ scheme }) => scheme)).toEqual(['app'])
  expect(app.sandboxed).toBe(true)
  expect(session.defaultSession.checkPermission!(null, 'media', 'app://thaw/', {})).toBe(false)
  expect(session.defaultSession.handlers.has('app')).toBe(true)
  expect(Menu.current.map(({ label }) => label)).toContain('파일')
  expect(nativeTheme.themeSource).toBe('system')
  app.emit('before-quit', { preventDefault: () => undefined })
  await expect.poll(() => app.exits).toEqual([0])
})
