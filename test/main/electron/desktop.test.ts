import { tmpdir } from 'node:os'
import type { MenuItemConstructorOptions } from 'electron'
import { expect, test, vi } from 'vitest'
import { askBeforeLeaving, desktopDialogs } from '../../../src/main/dialogs.ts'
import { photoExtensions } from '../../../src/shared/photoFiles.ts'
import { menuTemplate } from '../../../src/main/menu.ts'
import { hearOfOpenedFiles, openedBy, placeOf } from '../../../src/main/openedFiles.ts'
import { accompanyTraining } from '../../../src/main/training.ts'
import { wordsIn } from '../../../src/main/words.ts'
import { languageOf } from '../../../src/shared/language.ts'
import { MenuCommand } from '../../../src/shared/contract.ts'
import type { RunEvent } from '../../../src/shared/run.ts'
import { bridgeChannel } from '../../../src/shared/wire.ts'
import {
  app,
  BrowserWindow,
  dialog,
  exposed,
  ipcRenderer,
  Notification,
  powerSaveBlocker,
  shell,
} from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))

const itemsOf = (template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  template.flatMap((item) => (Array.isArray(item.submenu) ? [item, ...itemsOf(item.submenu)] : [item]))

test.each([true, false])(
  'Every menu item has a label in both languages, and all commands are there (Mac: %s)',
  (isMac) => {
    const command = vi.fn()
    const lookForUpdates = vi.fn()
    const labels = (['en', 'ko'] as const).map((language) => {
      const items = itemsOf(menuTemplate({ words: wordsIn(language), command, isMac, lookForUpdates }))
      for (const item of items) item.click?.(undefined as never, undefined, undefined as never)
      return items.filter(({ type }) => type !== 'separator').map(({ label }) => label)
    })
    expect(labels[0]!.every(Boolean) && labels[1]!.every(Boolean)).toBe(true)
    expect(labels[0]).not.toEqual(labels[1])
    expect(lookForUpdates).toHaveBeenCalledTimes(2)
    expect(new Set(command.mock.calls.map(([name]) => name as string))).toEqual(new Set(MenuCommand.options))
  },
)

test('The datasets that were scanned last are in the menu, by their own names, and open', () => {
  const openDataset = vi.fn()
  const recent = Array.from({ length: 12 }, (_, i) => ({ id: `d${i}`, name: `ants & bees ${i}` }))
  const options = { words: wordsIn('en'), command: vi.fn(), isMac: false, recent, openDataset }
  const offered = itemsOf(menuTemplate(options)).filter(({ label }) => label?.startsWith('ants') === true)
  expect(offered).toHaveLength(8)
  expect(offered[0]!.label).toBe('ants && bees 0')
  offered[1]!.click?.(undefined as never, undefined, undefined as never)
  expect(openDataset.mock.calls).toEqual([['d1']])
  const none = itemsOf(menuTemplate({ ...options, recent: [] })).map(({ label }) => label)
  expect(none).not.toContain('Recent datasets')
})

test.each([
  ['system', ['ko-KR', 'en-US'], 'ko'],
  ['system', ['fr-FR', 'ko'], 'ko'],
  ['system', ['de'], 'en'],
  ['en', ['ko'], 'en'],
  ['ko', ['en'], 'ko'],
] as const)('With the setting %s and the languages %o it speaks %s', (setting, preferred, language) => {
  expect(languageOf(setting, preferred)).toBe(language)
})

test('Dialogs say what they are for, and open where the last one was left', async () => {
  const desktop = desktopDialogs(
    () => ({}) as never,
    () => wordsIn('ko'),
  )
  dialog.picked = ['/photos/summer']
  expect(await desktop.pick('folder')).toEqual(['/photos/summer'])
  expect(dialog.asked.at(-1)).toMatchObject({ title: '사진 폴더 선택', properties: ['openDirectory'] })
  expect(await desktop.pickSave('../../etc/x.pth')).toBe('/photos/x.pth')
  dialog.picked = []
  expect(await desktop.pick('weights')).toEqual([])
  expect(dialog.asked.at(-1)).toMatchObject({ properties: ['openFile'], defaultPath: '/photos' })
  dialog.picked = ['/elsewhere/a.jpg', '/elsewhere/b.jpg']
  expect(await desktop.pick('photos')).toEqual(dialog.picked)
  expect(dialog.asked.at(-1)).toMatchObject({ properties: ['openFile', 'multiSelections'] })
  desktop.show('/a/b')
  expect(shell.shown).toEqual(['/a/b'])
})

test('A dialog that is left by Cancel gives nothing, whatever was marked in it, and is forgotten', async () => {
  const desktop = desktopDialogs(
    () => ({}) as never,
    () => wordsIn('en'),
  )
  dialog.cancels = true
  dialog.picked = ['/photos/summer']
  expect(await desktop.pick('folder')).toEqual([])
  expect(await desktop.pickSave('x.pth')).toBeUndefined()
  dialog.cancels = false
  expect(await desktop.pickSave('')).toBeUndefined()
  expect(dialog.asked.at(-1)).not.toHaveProperty('defaultPath')
})

test('A dialog offers the files that are read', async () => {
  const desktop = desktopDialogs(
    () => ({}) as never,
    () => wordsIn('en'),
  )
  dialog.picked = []
  const offered = async (kind: Parameters<typeof desktop.pick>[0]) => {
    await desktop.pick(kind)
    return dialog.asked.at(-1)!.filters!.map(({ name, extensions }) => [name, extensions])
  }
  expect(await offered('folder')).toEqual([])
  const [[photos, extensions]] = (await offered('photos')) as [[string, string[]]]
  expect(photos).not.toBe('')
  expect(extensions.map((extension) => `.${extension}`)).toEqual(photoExtensions)
  const weights = ['safetensors', 'pth', 'pt', 'ckpt', 'bin', 'tar']
  expect((await offered('weights'))[0]![1]).toEqual(weights)
  expect((await offered('labels'))[0]![1]).toEqual(['json', 'txt'])
})

test('A question is answered by its buttons; closing it is the answer that changes nothing', async () => {
  const window = new BrowserWindow({}) as never
  dialog.response = 1
  expect(await askBeforeLeaving(window, wordsIn('en'), 'window')).toBe('stop')
  expect(dialog.asked.at(-1)).toMatchObject({ defaultId: 0, cancelId: 2 })
  dialog.response = 0
  expect(await askBeforeLeaving(window, wordsIn('en'), 'app')).toBe('stay')
  expect(dialog.asked.at(-1)).toMatchObject({ defaultId: 0, cancelId: 0 })
  // What some systems answer to a dialog that was closed by force.
  dialog.response = 9
  expect(await askBeforeLeaving(window, wordsIn('en'), 'window')).toBe('stay')
  dialog.response = 0
})

test('While a network is trained the computer stays awake and the icon shows how far it is', () => {
  const listeners = new Map<string, (data: never) => void>()
  const client = { on: (name: string, listener: (data: never) => void) => listeners.set(name, listener) }
  const window = new BrowserWindow({})
  const opened: string[] = []
  accompanyTraining(
    client as never,
    window as never,
    () => wordsIn('en'),
    (run) => opened.push(run),
  )
  const tell = (name: string, data: object) => listeners.get(name)!(data as never)
  tell('run.state', { run: 'r', state: 'running', why: null })
  expect(powerSaveBlocker.active.size).toBe(1)
  const batch = { type: 'batch', epoch: 2, batch: 5, batches: 10 } as RunEvent
  tell('run.events', { run: 'r', from: 0, events: [{ type: 'started', epochs: 4 }, batch] })
  expect(window.progress).toEqual([1.5 / 4])
  tell('run.state', { run: 'r', state: 'paused', why: null })
  expect(powerSaveBlocker.active.size).toBe(0)
  tell('run.state', { run: 'r', state: 'finished', why: null })
  expect(window.progress.at(-1)).toBe(-1)
  expect(Notification.shown).toEqual(['Training is finished.'])
  Notification.last!.emit('click')
  expect(opened).toEqual(['r'])
  tell('run.state', { run: 'r2', state: 'interrupted', why: null })
  expect(Notification.shown.at(-1)).toContain('interrupted')
  Notification.last!.emit('click')
  expect(opened).toEqual(['r', 'r2'])
})

test('Preload exposes one object with three functions, and hands no event of Electron’s on', async () => {
  await import('../../../src/main/preload.ts')
  const bridge = exposed.get('thaw')!
  expect(Object.keys(bridge).sort()).toEqual(['onFrame', 'pathForFile', 'send'])
  bridge['send']!({ a: 1 } as never)
  const session = ipcRenderer.sent[0]![1]
  expect(ipcRenderer.sent).toEqual([[bridgeChannel, session, { a: 1 }]])
  const heard = vi.fn()
  const off = bridge['onFrame']!(heard as never) as () => void
  ipcRenderer.emit(bridgeChannel, {}, 'the page before', { a: 2 })
  ipcRenderer.emit(bridgeChannel, { sender: 'secret' }, session, { b: 2 })
  expect(heard.mock.calls).toEqual([[{ b: 2 }]])
  off()
  ipcRenderer.emit(bridgeChannel, {}, session, { c: 3 })
  expect(heard).toHaveBeenCalledOnce()
})

test.each([
  [['thaw', '/weights/vgg16.pth'], '/weights/vgg16.pth', []],
  [['thaw', '--flag', 'mine.SafeTensors'], '/standing/mine.SafeTensors', []],
  [['thaw', 'mine.pt'], '/standing/mine.pt', []],
  [['thaw', 'pytorch_model.bin'], '/standing/pytorch_model.bin', []],
  [['thaw', 'epoch=4.ckpt'], '/standing/epoch=4.ckpt', []],
  [['thaw', 'model_best.pth.tar'], '/standing/model_best.pth.tar', []],
  [['thaw', 'photos.tar'], undefined, []],
  [['thaw', 'file:///weights/my%20own.pth'], '/weights/my own.pth', []],
  [['thaw', 'file://elsewhere/x.pth'], undefined, []],
  [['thaw', '--file=x.pth'], undefined, []],
  [['/opt/thaw.pth'], undefined, []],
  [['thaw', 'photo.JPG', 'file:///p/other.heic'], undefined, ['/standing/photo.JPG', '/p/other.heic']],
  [['thaw', tmpdir(), 'notes.txt', '/nowhere'], undefined, [tmpdir()]],
  [['electron', '/checkout', '/p/a.png'], undefined, ['/p/a.png']],
])('Of the command line %j the weight file %s is shown and %j classified', (argv, weights, photos) => {
  expect(openedBy(argv, '/standing', '/checkout')).toEqual({ weights, photos })
})

test('What is opened from outside reaches who listens, also what came before, several at a time', () => {
  const opened = hearOfOpenedFiles()
  const event = { preventDefault: vi.fn() }
  for (const file of ['/first.pth', '/p/a.jpg', '/p/b.jpg', '/p/notes.txt'])
    app.emit('open-file', event, file)
  expect(opened.first()).toEqual({ weights: '/first.pth', photos: ['/p/a.jpg', '/p/b.jpg'] })
  const heard: unknown[] = []
  opened.onOpened((one) => heard.push(one))
  app.emit('open-file', event, '/second.pth')
  app.emit('second-instance', {}, ['thaw', 'third.pth', 'c.jpg'], '/standing')
  app.emit('second-instance', {}, ['thaw'], '/standing')
  expect(heard).toEqual([
    { weights: '/second.pth', photos: [] },
    { weights: '/standing/third.pth', photos: ['/standing/c.jpg'] },
  ])
  expect(event.preventDefault).toHaveBeenCalledTimes(5)
})

test('The page opens where what was opened is shown: photos are classified, a weight file is looked into', () => {
  expect(placeOf({ weights: undefined, photos: ['/p/a b.jpg', '/p/c&d.jpg'] })).toBe(
    '#/classify?open=%2Fp%2Fa%20b.jpg&open=%2Fp%2Fc%26d.jpg',
  )
  expect(placeOf({ weights: '/w.pth', photos: [] })).toBe('#/models?inspect=%2Fw.pth')
  expect(placeOf({ weights: undefined, photos: [] })).toBeUndefined()
})
