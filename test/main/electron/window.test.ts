import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { isOurs } from '../../../src/main/origin.ts'
import { denyPermissions, keepAllInPlace } from '../../../src/main/security.ts'
import type { WindowOptions } from '../../../src/main/window.ts'
import { greeted, openWindow } from '../../../src/main/window.ts'
import { wordsIn } from '../../../src/main/words.ts'
import { contract } from '../../../src/shared/contract.ts'
import { createServer } from '../../../src/shared/rpc.ts'
import { bridgeChannel } from '../../../src/shared/wire.ts'
import { protocolVersion } from '../../../src/shared/version.ts'
import type { BrowserWindow } from './standIn.ts'
import { dialog, session } from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))

keepAllInPlace()
const words = () => wordsIn('en')

/** What a window needs of a host, without an engine: calls are answered, events told, and lines kept. */
function aSmallHost() {
  const lines: string[] = []
  const server = createServer(
    contract,
    { 'engine.states': () => ({ states: [] }) },
    { onBug: (_, error) => expect.unreachable(String(error)) },
  )
  const log = { file: '', write: (...line: string[]) => void lines.push(line.join(' ')), tail: () => [] }
  return { attach: server.attach, emit: server.emit, log, lines }
}

function aWindow(more: Partial<WindowOptions> = {}) {
  const host = aSmallHost()
  const window = openWindow({ host, preload: 'preload.cjs', background: '#fff', words, ...more })
  return { host, window: window as unknown as BrowserWindow }
}

const call = { type: 'call', id: 1, call: 'engine.states', input: {} }

test('The window is sandboxed, isolated and without Node', () => {
  const { window } = aWindow()
  expect(window.options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
  })
  const weaker = ['webSecurity', 'allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures']
  for (const option of weaker) expect(window.options.webPreferences).not.toHaveProperty(option)
  expect(window.loaded).toBe('app://thaw/')
  expect(window.options).toMatchObject({ name: 'main', windowStatePersistence: true })
})

test('What is told once the first page has greeted is heard by it, also where it was opened before', async () => {
  const { host, window } = aWindow()
  const { ipc, mainFrame, sent } = window.webContents
  const isThere = greeted(window.webContents as never)
  const telling = isThere.then(() => host.emit('photos.opened', { paths: ['/p/a.jpg'] }))
  await Promise.resolve()
  expect(sent).toEqual([])
  const hello = { type: 'hello', protocol: protocolVersion, session: null, after: 0 }
  ipc.emit(bridgeChannel, { senderFrame: mainFrame }, 'page', hello)
  await telling
  expect(JSON.stringify(sent)).toContain('/p/a.jpg')
})

test.each(['will-navigate', 'will-redirect', 'will-attach-webview'])('%s is prevented', (event) => {
  const { window } = aWindow()
  const preventDefault = vi.fn()
  window.webContents.emit(event, { preventDefault })
  expect(preventDefault).toHaveBeenCalled()
})

test('No new window is opened', () => {
  const { window } = aWindow()
  expect(window.webContents.openHandler!()).toEqual({ action: 'deny' })
})

test('Every permission is denied, but for copying and the camera’s picture to our own page', () => {
  denyPermissions(session.defaultSession as never)
  const { requestPermission, checkPermission, device } = session.defaultSession
  const ask = (permission: string, address: string) => {
    let may: boolean | undefined
    requestPermission!({ getURL: () => address } as never, permission, (answer) => (may = answer), {})
    return [may, checkPermission!(null, permission, address, {})]
  }
  for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-read', 'usb'])
    expect(ask(permission, 'app://thaw/')).toEqual([false, false])
  expect(ask('clipboard-sanitized-write', 'app://thaw/')).toEqual([true, true])
  expect(ask('clipboard-sanitized-write', 'https://evil.example/')).toEqual([false, false])
  expect(device!()).toBe(false)
  const film = (address: string, ...mediaTypes: ('video' | 'audio')[]) => {
    let may: boolean | undefined
    const contents = { getURL: () => address } as never
    requestPermission!(contents, 'media', (answer) => (may = answer), { mediaTypes })
    const checks = mediaTypes.map((mediaType) => checkPermission!(null, 'media', address, { mediaType }))
    return [may, checks.every(Boolean)]
  }
  expect(film('app://thaw/', 'video')).toEqual([true, true])
  expect(film('app://thaw/', 'audio')).toEqual([false, false])
  expect(film('app://thaw/', 'video', 'audio')).toEqual([false, false])
  expect(film('https://evil.example/', 'video')).toEqual([false, false])
})

test('Frames of our page’s main frame are answered', async () => {
  const { window } = aWindow()
  const { ipc, mainFrame, sent } = window.webContents
  ipc.emit(bridgeChannel, { senderFrame: mainFrame }, 'page', call)
  await expect.poll(() => sent).toContainEqual(expect.objectContaining({ type: 'result', id: 1 }))
})

test.each([
  ['of another frame', { url: 'app://thaw/' }],
  ['of a frame that is gone', null],
])('Frames %s are not', async (_, senderFrame) => {
  const { window } = aWindow()
  window.webContents.ipc.emit(bridgeChannel, { senderFrame }, 'page', call)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(window.webContents.sent.filter((frame) => (frame as { id?: number }).id === 1)).toEqual([])
})

test('Frames of a main frame that shows something else are not answered either', async () => {
  const { window } = aWindow()
  window.webContents.mainFrame.url = 'https://evil.example/'
  window.webContents.ipc.emit(bridgeChannel, { senderFrame: window.webContents.mainFrame }, 'page', call)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(window.webContents.sent.filter((frame) => (frame as { id?: number }).id === 1)).toEqual([])
})

test.each([
  ['app://thaw/', true],
  ['app://thaw/runs/1', true],
  ['app://other/', false],
  ['app://thaw:1/', false],
  ['file:///etc/passwd', false],
  ['data:text/html,x', false],
  ['https://thaw/', false],
  ['about:blank', false],
  ['', false],
  ['null', false],
])('%s is ours: %s', (address, ours) => {
  expect(isOurs(address)).toBe(ours)
})

const hello = { type: 'hello', protocol: protocolVersion, session: null, after: 0 }
const begun = { isMainFrame: true, isSameDocument: false }

test('A reload ends the calls of the page before, numbers may begin anew, and no listener is left', async () => {
  const { window, host } = aWindow()
  const { ipc, mainFrame, sent, received } = window.webContents
  const from = (page: string, frame: unknown) =>
    void ipc.emit(bridgeChannel, { senderFrame: mainFrame }, page, frame)
  from('first', hello)
  const listeners = () =>
    [ipc, window.webContents].map((it) => it.eventNames().map((name) => it.listenerCount(name)))
  const before = listeners()
  for (let i = 0; i < 20; i += 1) {
    window.webContents.emit('did-start-navigation', begun)
    window.webContents.emit('did-navigate')
    from(`page ${i}`, hello)
  }
  expect(listeners()).toEqual(before)
  sent.length = 0
  received.length = 0
  host.emit('runs.changed', {})
  from('page 19', call)
  await expect.poll(() => sent.length).toBe(2)
  expect(received).toEqual(['page 19', 'page 19'])
})

test('A navigation that is prevented leaves the page its wire', async () => {
  const { window } = aWindow()
  const { ipc, mainFrame, sent } = window.webContents
  window.webContents.emit('did-navigate')
  ipc.emit(bridgeChannel, { senderFrame: mainFrame }, 'page', hello)
  ipc.emit(bridgeChannel, { senderFrame: mainFrame }, 'page', call)
  window.webContents.emit('did-start-navigation', begun)
  await expect.poll(() => sent).toContainEqual(expect.objectContaining({ type: 'result', id: 1 }))
})

test('A page whose first frame is here before the news of its navigation keeps its wire; one that was left gets none', async () => {
  const { window } = aWindow()
  const { ipc, mainFrame, received } = window.webContents
  const from = (page: string) => ipc.emit(bridgeChannel, { senderFrame: mainFrame }, page, call)
  from('old')
  await expect.poll(() => received).toEqual(['old'])
  window.webContents.emit('did-start-navigation', begun)
  from('new')
  window.webContents.emit('did-navigate')
  from('old')
  await expect.poll(() => received).toEqual(['old', 'new'])
})

const crash = ({ webContents }: BrowserWindow, reason = 'crashed') =>
  void webContents.emit('render-process-gone', {}, { reason })

test('A page that crashed is loaded again, and the log has it', () => {
  const { window, host } = aWindow()
  crash(window)
  expect(window.webContents.reloads).toBe(1)
  expect(host.lines).toEqual(['error window The page is gone (crashed).'])
})

test('A page that ended by itself is left where it is', () => {
  const { window, host } = aWindow()
  for (let i = 0; i < 5; i += 1) crash(window, 'clean-exit')
  expect(window.webContents.reloads).toBe(0)
  expect(host.lines).toContain('error window The page is gone (clean-exit).')
})

test('A page that crashes each time is not loaded for ever: a person is asked, once', async () => {
  const { window } = aWindow()
  dialog.asked.length = 0
  dialog.response = 0
  for (let i = 0; i < 10; i += 1) crash(window)
  expect(window.webContents.reloads).toBe(3)
  const { pageCrashed, tryAgain, later } = words()
  expect(dialog.asked).toMatchObject([
    { message: pageCrashed, buttons: [tryAgain, later], defaultId: 0, cancelId: 1 },
  ])
  expect(dialog.asked[0]!.detail).toContain('crashed')
  await expect.poll(() => window.webContents.reloads).toBe(4)
  // From there on it may crash as often again.
  for (let i = 0; i < 4; i += 1) crash(window)
  expect(window.webContents.reloads).toBe(7)
  expect(dialog.asked).toHaveLength(2)
})

test('A person who thinks better of it is not shown the page again', async () => {
  const { window } = aWindow()
  dialog.asked.length = 0
  dialog.response = 1
  for (let i = 0; i < 4; i += 1) crash(window)
  await expect.poll(() => dialog.asked.length).toBe(1)
  await Promise.resolve()
  expect(window.webContents.reloads).toBe(3)
})

test('Crashes of more than a minute ago are forgotten', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const { window } = aWindow()
    dialog.asked.length = 0
    for (let i = 0; i < 3; i += 1) crash(window)
    vi.advanceTimersByTime(59_999)
    expect(window.webContents.reloads).toBe(3)
    vi.advanceTimersByTime(1)
    for (let i = 0; i < 3; i += 1) crash(window)
    expect(window.webContents.reloads).toBe(6)
    expect(dialog.asked).toEqual([])
    vi.advanceTimersByTime(59_999)
    crash(window)
    expect(window.webContents.reloads).toBe(6)
    expect(dialog.asked).toHaveLength(1)
  } finally {
    vi.useRealTimers()
  }
})

test('A page that cannot be loaded says why, and is loaded again if that is wanted', async () => {
  const { window, host } = aWindow()
  dialog.asked.length = 0
  dialog.response = 0
  const fail = (code: number, isMainFrame: boolean) =>
    window.webContents.emit('did-fail-load', {}, code, 'ERR_FILE_NOT_FOUND', 'app://thaw/', isMainFrame)
  fail(-6, false)
  fail(-3, true)
  expect(dialog.asked).toEqual([])
  fail(-6, true)
  expect(dialog.asked).toMatchObject([{ message: words().pageFailed }])
  expect(dialog.asked[0]!.detail).toContain('ERR_FILE_NOT_FOUND (-6)')
  expect(host.lines).toEqual(['error window app://thaw/ could not be loaded: ERR_FILE_NOT_FOUND (-6).'])
  await expect.poll(() => window.webContents.reloads).toBe(1)
  dialog.response = 1
  fail(-6, true)
  await expect.poll(() => dialog.asked.length).toBe(2)
  await Promise.resolve()
  expect(window.webContents.reloads).toBe(1)
})

test('A page that has left for another address is brought back', () => {
  const { window } = aWindow()
  window.webContents.emit('did-navigate', {}, 'app://thaw/')
  expect(window.webContents.loads).toEqual([])
  window.webContents.emit('did-navigate', {}, 'about:blank')
  expect(window.webContents.loads).toEqual(['app://thaw/'])
})

test('The window is shown once when its page is painted, and within two seconds in any case', () => {
  vi.useFakeTimers()
  try {
    const [slow, quick] = [aWindow().window, aWindow().window]
    quick.emit('ready-to-show')
    expect([slow.calls, quick.calls]).toEqual([[], ['show']])
    vi.advanceTimersByTime(2000)
    expect([slow.calls, quick.calls]).toEqual([['show'], ['show']])
  } finally {
    vi.useRealTimers()
  }
})

test('A window that a person hid again within that time stays hidden, and one that is gone is left alone', () => {
  vi.useFakeTimers()
  try {
    const [hidden, closed, destroyed] = [aWindow().window, aWindow().window, aWindow().window]
    hidden.emit('ready-to-show')
    hidden.hide()
    closed.emit('closed')
    destroyed.isDestroyed = () => true
    vi.advanceTimersByTime(10_000)
    destroyed.emit('ready-to-show')
    expect([hidden.calls, closed.calls, destroyed.calls]).toEqual([['show', 'hide'], [], []])
  } finally {
    vi.useRealTimers()
  }
})

test('A window that is shown already, by a click on the tray, is not shown again', () => {
  const { window } = aWindow()
  window.show()
  window.emit('ready-to-show')
  expect(window.calls).toEqual(['show'])
})

test('The window opens where it is told to, as large as it fits, in the colour of its page', () => {
  const { window } = aWindow({ place: '#/runs', icon: '/icon.png', background: '#123' })
  expect(window.loaded).toBe('app://thaw/#/runs')
  expect(window.options).toMatchObject({
    ...{ title: 'Thaw', icon: '/icon.png', backgroundColor: '#123', show: false },
    ...{ width: 1280, height: 860, minWidth: 800, minHeight: 560 },
  })
  expect(window.options.webPreferences).toMatchObject({
    preload: path.resolve('preload.cjs'),
    spellcheck: false,
  })
  expect(aWindow().window.options).not.toHaveProperty('icon')
})

test('Frames whose session is no text, and answers to a page that is gone, come to nothing', async () => {
  const { window, host } = aWindow()
  const { ipc, mainFrame, sent } = window.webContents
  const from = (page: unknown, frame: unknown) =>
    void ipc.emit(bridgeChannel, { senderFrame: mainFrame }, page, frame)
  for (const page of [undefined, null, 7, {}]) from(page, call)
  from('page', hello)
  from('page', call)
  await expect.poll(() => sent.length).toBe(2)
  expect(sent).toContainEqual(expect.objectContaining({ type: 'result', id: 1 }))
  crash(window)
  host.emit('runs.changed', {})
  expect(sent).toHaveLength(2)
  from('next', hello)
  await expect.poll(() => sent.length).toBe(3)
  window.webContents.isDestroyed = () => true
  host.emit('runs.changed', {})
  window.webContents.isDestroyed = () => false
  window.webContents.emit('destroyed')
  host.emit('runs.changed', {})
  expect(sent).toHaveLength(3)
})

test('What moves within the page, or in a frame of it, leaves the page its wire', async () => {
  const { window } = aWindow()
  const { ipc, mainFrame, sent } = window.webContents
  const from = (frame: unknown) => void ipc.emit(bridgeChannel, { senderFrame: mainFrame }, 'page', frame)
  from(hello)
  await expect.poll(() => sent.length).toBe(1)
  for (const move of [
    { isMainFrame: true, isSameDocument: true },
    { isMainFrame: false, isSameDocument: false },
  ]) {
    window.webContents.emit('did-start-navigation', move)
    window.webContents.emit('did-navigate', {}, 'app://thaw/')
  }
  from(call)
  await expect.poll(() => sent.length).toBe(2)
})
