import { expect, test, vi } from 'vitest'
import { stayInTray } from '../../../src/main/background.ts'
import { contextMenuTemplate, pictureIn } from '../../../src/main/contextMenu.ts'
import { identify } from '../../../src/main/identity.ts'
import { wordsIn } from '../../../src/main/words.ts'
import { app, BrowserWindow, Tray } from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))
const words = wordsIn('en')

test('Chromium’s profile lies in a folder of its own inside the data folder', () => {
  vi.stubEnv('THAW_HOME', '/data/of/thaw')
  identify()
  expect(app.paths.get('userData')).toBe('/data/of/thaw/window')
  vi.unstubAllEnvs()
})

test('A hidden window has a sign in the tray, which brings it back or ends the app, and goes when the window comes', () => {
  const window = new BrowserWindow({})
  const done: string[] = []
  stayInTray({
    window: window as never,
    words: () => words,
    icons: '/icons',
    show: () => done.push('show'),
    stopAndQuit: () => done.push('quit'),
  })
  expect(Tray.all).toEqual([])
  window.emit('hide')
  window.emit('hide')
  expect(Tray.all).toHaveLength(1)
  const [tray] = Tray.all as [Tray]
  tray.emit('click')
  for (const item of tray.menu) item.click?.(undefined as never, undefined, undefined as never)
  expect(done).toEqual(['show', 'show', 'quit'])
  window.emit('show')
  expect(tray.isThere).toBe(false)
})

const flags = {
  canUndo: true,
  canRedo: false,
  canCut: true,
  canCopy: true,
  canPaste: true,
  canSelectAll: true,
}
const click = (given: object) => ({
  isEditable: false,
  selectionText: '',
  mediaType: 'none',
  srcURL: '',
  editFlags: flags,
  ...given,
})

test('Text fields, chosen text and photos have a menu each; nothing else has one', () => {
  const revealed: string[] = []
  const menu = (given: object) =>
    contextMenuTemplate(click(given) as never, words, (picture) => revealed.push(picture))
  expect(menu({ isEditable: true }).map(({ role }) => role)).toContain('paste')
  expect(menu({ isEditable: true }).find(({ role }) => role === 'redo')).toMatchObject({ enabled: false })
  expect(menu({ selectionText: '.961' })).toMatchObject([{ role: 'copy' }])
  const [show] = menu({ mediaType: 'image', srcURL: 'app://thaw/thumb/d-1-2?size=192' })
  show!.click!(undefined as never, undefined, undefined as never)
  expect(revealed).toEqual(['d-1-2'])
  expect(menu({})).toEqual([])
  expect(menu({ mediaType: 'image', srcURL: 'https://evil.example/thumb/d-1-2' })).toEqual([])
})

test.each([
  ['app://thaw/thumb/d-1-2?size=96', 'd-1-2'],
  ['app://thaw/icon.svg', undefined],
  ['app://thaw/thumb/a/b', undefined],
  ['data:image/jpeg;base64,/9j/AA#/thumb/d.flick.1f', 'd.flick.1f'],
  ['data:image/jpeg;base64,/9j/AA', undefined],
  ['data:image/png;base64,AA', undefined],
  ['blob:app://thaw/thumb/d-1-2', undefined],
])('%s is the picture %s', (address, picture) => expect(pictureIn(address)).toBe(picture))
