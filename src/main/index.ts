/** The desktop app, as a table of contents. */
import path from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { app, BrowserWindow, dialog, nativeTheme, session } from 'electron'
import type { Settings } from '../shared/api/app.ts'
import { contract } from '../shared/contract.ts'
import { createClient } from '../shared/rpc.ts'
import { wirePair } from '../shared/wire.ts'
import { languageOf } from '../shared/language.ts'
import { desktopDialogs } from './dialogs.ts'
import { engineOfCheckout, engineOfPackage } from './host/engineFiles.ts'
import type { Host } from './host/host.ts'
import { startHost } from './host/host.ts'
import { leaveWithCare } from './leaving.ts'
import { setMenu } from './menu.ts'
import { hearOfOpenedFiles, placeOf } from './openedFiles.ts'
import { offerContextMenu } from './contextMenu.ts'
import { stayInTray } from './background.ts'
import { identify } from './identity.ts'
import { answerScheme, registerScheme } from './protocols.ts'
import { denyPermissions, keepAllInPlace } from './security.ts'
import { accompanyTraining } from './training.ts'
import { loadUpdater, lookingForUpdates, updateAddress } from './updates.ts'
import { greeted, openWindow } from './window.ts'
import { wordsIn } from './words.ts'

const backgrounds = { light: '#ffffff', dark: '#16181b' }

/** How long the window waits for the person's settings, in milliseconds. */
const longestWait = 1000

let words = wordsIn('en')
let lookForUpdates: (() => void) | undefined
let recent: readonly { id: string; name: string }[] = []

function connectedClient(host: Host) {
  const [near, far] = wirePair()
  host.attach(far)
  return createClient(contract, near, 'server', { isTrusted: true })
}

/** Menu, dialogs and the system's own parts follow the person's settings. */
function follow(settings: Settings, host: Host): void {
  words = wordsIn(languageOf(settings.language, app.getPreferredSystemLanguages()))
  nativeTheme.themeSource = settings.theme
  showMenu(host)
}

function showMenu(host: Host): void {
  setMenu({
    words,
    command: (command) => host.emit('menu.command', { command }),
    isMac: process.platform === 'darwin',
    lookForUpdates,
    recent,
    openDataset: (dataset) => host.emit('dataset.opened', { dataset }),
  })
}

/** The menu has the datasets as they are now. */
function offerRecent(client: ReturnType<typeof connectedClient>, host: Host): void {
  const read = async () => {
    const { datasets } = await client.call('datasets.list', {})
    recent = datasets.toSorted((a, b) => b.scanned.localeCompare(a.scanned))
    showMenu(host)
  }
  // Without the library the menu is as it was; the window says what is wrong.
  const readQuietly = () => void read().catch(() => undefined)
  client.on('datasets.changed', readQuietly)
  readQuietly()
}

async function start(): Promise<void> {
  await app.whenReady()
  const root = app.getAppPath()
  const shown = () => BrowserWindow.getAllWindows()[0]!
  const host = startHost({
    mode: 'electron',
    engine: app.isPackaged ? engineOfPackage(process.resourcesPath) : engineOfCheckout(root),
    env: { ...process.env, THAW_ELECTRON: process.versions['electron'] },
    desktop: desktopDialogs(shown, () => words),
  })
  denyPermissions(session.defaultSession)
  answerScheme(session.defaultSession, host, path.join(root, 'out', 'renderer'))

  const client = connectedClient(host)
  client.on('settings.changed', (settings) => follow(settings, host))
  // Where the library cannot start or takes its time, the window opens all the same and says why.
  const usual = contract.events['settings.changed'].parse({})
  const read = client.call('settings.get', {}).catch(() => usual)
  const settings = await Promise.race([read, later(longestWait, usual)])
  nativeTheme.themeSource = settings.theme

  const icons = path.join(root, 'assets', 'icons')
  const place = placeOf(opened.first())
  const window = openWindow({
    host,
    preload: path.join(root, 'out', 'main', 'preload.cjs'),
    background: backgrounds[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    words: () => words,
    // Windows and macOS take it from the program itself.
    ...(process.platform === 'linux' && { icon: path.join(icons, '256x256.png') }),
    ...(place !== undefined && { place }),
  })
  const isThere = greeted(window.webContents)
  opened.onOpened(async ({ weights, photos }) => {
    await isThere
    if (weights !== undefined) host.emit('file.opened', { file: weights })
    if (photos.length > 0) host.emit('photos.opened', { paths: photos })
  })
  const { leave, show } = leaveWithCare({ host, window, words: () => words })
  accompanyTraining(
    client,
    window,
    () => words,
    (run) => {
      show()
      host.emit('run.opened', { run })
    },
  )
  stayInTray({ window, words: () => words, icons, show, stopAndQuit: () => void leave() })
  offerContextMenu(window.webContents, {
    words: () => words,
    reveal: (picture) => {
      client.call('files.reveal', { picture }).catch((error: unknown) => {
        host.log.write('warn', 'window', String(error))
      })
    },
  })
  const address = updateAddress(process.resourcesPath)
  if (address !== undefined) {
    const look = lookingForUpdates({ address, host, window, words: () => words, leave, load: loadUpdater })
    lookForUpdates = () => void look()
  }
  follow(settings, host)
  offerRecent(client, host)
  void read.then((late) => follow(late, host))
}

identify()
registerScheme()
const opened = hearOfOpenedFiles()
app.enableSandbox()
keepAllInPlace()
// A second start shows the window of the first.
if (app.requestSingleInstanceLock())
  // Not awaited: Electron is not ready before this module has run to its end.
  start().catch((error: unknown) => {
    dialog.showErrorBox('Thaw', error instanceof Error ? error.message : String(error))
    app.exit(1)
  })
else app.quit()
