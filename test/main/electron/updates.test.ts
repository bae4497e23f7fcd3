import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import type { TrainerState } from '../../../src/shared/api/runs.ts'
import { listName, lookingForUpdates, updateAddress } from '../../../src/main/updates.ts'
import type { Updater } from '../../../src/main/updates.ts'
import { wordsIn } from '../../../src/main/words.ts'
import { put } from '../../support/folder.ts'
import { app, BrowserWindow, dialog } from './standIn.ts'

vi.mock('electron', () => import('./standIn.ts'))

const address = 'https://releases.example/thaw/'
/** What is asked for there, and shown. */
const list = `${address}${listName(process.platform, process.arch)}`
const words = wordsIn('en')

interface Given {
  newer?: boolean
  work?: TrainerState['work']
  libraryIsGone?: boolean
}

/** The menu's item with an updater that only records what it was asked, in the order of all that happened. */
function theItem({ newer = true, work = null, libraryIsGone = false }: Given = {}) {
  const happened: string[] = []
  const state = { work }
  const updater = {
    checkForUpdates: () => {
      happened.push('check')
      const updateInfo = { version: '9.0.0', files: [{ url: 'Thaw-9.0.0.AppImage' }] }
      return Promise.resolve({ isUpdateAvailable: newer, updateInfo })
    },
    downloadUpdate: () => {
      happened.push('download')
      return Promise.resolve([])
    },
    quitAndInstall: () => void happened.push('install'),
    on: () => updater,
  } as unknown as Updater
  const library = {
    call: (_: string, { url }: { url: string }) => {
      happened.push(`listed ${url}`)
      return Promise.resolve({})
    },
  }
  const load = vi.fn(() => Promise.resolve(updater))
  const look = lookingForUpdates({
    address,
    host: {
      trainerState: () => state,
      library: () => (libraryIsGone ? Promise.reject(new Error('no library')) : Promise.resolve(library)),
      log: { write: () => undefined },
    } as never,
    window: new BrowserWindow({}) as never,
    words: () => words,
    leave: (end) => {
      happened.push('leave')
      end?.()
      return Promise.resolve()
    },
    load,
  })
  return { look, happened, updater, load, state }
}

/** Which buttons are pressed, one dialog after the other. */
function press(...buttons: number[]) {
  const queue = [...buttons]
  Object.defineProperty(dialog, 'response', { configurable: true, get: () => queue.shift() ?? 1 })
}

beforeEach(() => {
  dialog.asked.length = 0
})

test('Nothing is loaded, and no connection made, before the item is clicked and the address agreed to', async () => {
  const { look, happened, load } = theItem()
  expect(load).not.toHaveBeenCalled()
  press(1)
  await look()
  expect(dialog.asked).toMatchObject([{ message: words.updatesQuestion, buttons: ['Look', 'Later'] }])
  expect(JSON.stringify(dialog.asked)).toContain(list)
  expect(happened).toEqual([])
})

test('Each connection is in the list before it is made; each step is asked for', async () => {
  const { look, happened, updater } = theItem()
  press(0, 0, 0)
  await look()
  expect(updater).toMatchObject({
    autoDownload: false,
    autoInstallOnAppQuit: false,
    disableWebInstaller: true,
  })
  expect(happened).toEqual([
    `listed ${list}`,
    'check',
    `listed ${address}Thaw-9.0.0.AppImage`,
    'download',
    'leave',
    'install',
  ])
  expect(dialog.asked.map(({ message }) => message)).toEqual([
    words.updatesQuestion,
    'Version 9.0.0 is there.',
    'Version 9.0.0 can be installed now.',
  ])
})

test('What was fetched and not installed is offered the next time, and not fetched again', async () => {
  const { look, happened } = theItem()
  press(0, 0, 1)
  await look()
  expect(happened).not.toContain('leave')
  happened.length = 0
  press(0)
  await look()
  expect(happened).toEqual(['leave', 'install'])
})

test('No number that tells this installation from others is sent', async () => {
  const { look, updater } = theItem()
  press(0, 1)
  await look()
  const { requestHeaders } = updater
  expect(requestHeaders).toEqual({ 'x-user-staging-id': '00000000-0000-0000-0000-000000000000' })
})

test('Where nobody was asked, nothing is said of newer versions', async () => {
  const { look, updater } = theItem()
  updater.checkForUpdates = () => Promise.resolve(null)
  press(0, 0)
  await look()
  expect(dialog.asked.at(-1)).toMatchObject({ message: words.updatesFailed })
})

test('Where installing fails after the engine has ended, the app starts again', async () => {
  const { look, updater } = theItem()
  updater.quitAndInstall = () => {
    throw new Error('no right to write there')
  }
  press(0, 0, 0)
  await look()
  expect(dialog.asked.at(-1)).toMatchObject({ message: words.updatesInstallFailed })
  await expect.poll(() => app.relaunches).toBe(1)
})

test.each([
  ['win32', 'x64', 'latest.yml'],
  ['darwin', 'arm64', 'latest-mac.yml'],
  ['linux', 'x64', 'latest-linux.yml'],
  ['linux', 'arm64', 'latest-linux-arm64.yml'],
] as const)('On %s (%s) the list is %s', (platform, arch, name) =>
  expect(listName(platform, arch)).toBe(name),
)

test('The newest version is told to be the newest', async () => {
  const { look, happened } = theItem({ newer: false })
  press(0, 0)
  await look()
  expect(happened).toEqual([`listed ${list}`, 'check'])
  expect(dialog.asked.at(-1)).toMatchObject({ message: words.updatesNone })
})

test('While a network is trained nothing is looked for, and nothing installed', async () => {
  const busy = theItem({ work: 'training' })
  await busy.look()
  expect(busy.happened).toEqual([])
  expect(dialog.asked).toMatchObject([{ message: words.updatesWait }])
  const later = theItem()
  press(0, 0, 0)
  later.updater.downloadUpdate = () => {
    later.state.work = 'training'
    return Promise.resolve([])
  }
  await later.look()
  expect(later.happened).not.toContain('install')
})

test('A connection that cannot be listed is not made, and the failure is told', async () => {
  const { look, happened } = theItem({ libraryIsGone: true })
  press(0, 0)
  await look()
  expect(happened).toEqual([])
  expect(dialog.asked.at(-1)).toMatchObject({
    message: words.updatesFailed,
    detail: `${list}\nno library`,
  })
})

test('The address is the one that packaging wrote; a build without one looks nowhere', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'thaw-resources-'))
  expect(updateAddress(folder)).toBeUndefined()
  const file = path.join(folder, 'app-update.yml')
  await put(file, `provider: generic\nurl: ${address}\nupdaterCacheDirName: thaw-updater\n`)
  expect(updateAddress(folder)).toBe(address)
  await put(file, 'provider: generic\nurl: http://not-secure.example/\n')
  expect(updateAddress(folder)).toBeUndefined()
})
