import path from 'node:path'
import type { IpcMainEvent, WebContents } from 'electron'
import { BrowserWindow } from 'electron'
import { fillText } from '../shared/errors.ts'
import { ask } from './dialogs.ts'
import type { Host } from './host/host.ts'
import { appAddress, isOurs } from './origin.ts'
import { bridgeChannel, WireListeners } from '../shared/wire.ts'
import type { Words } from './words.ts'

/** Frames come from our page's main frame, or not at all. */
function isFromUs({ senderFrame }: IpcMainEvent, contents: WebContents): boolean {
  return senderFrame !== null && senderFrame === contents.mainFrame && isOurs(senderFrame.url)
}

/** A window that stays away longer than this looks like an app that did not start. Milliseconds. */
const longestUnseen = 2000

/** A page that crashes more often than this within a minute would crash for ever. */
const mostReloads = 3
const reloadsWithin = 60_000

/** Shown when its page is painted, and in any case soon. */
function showSoon(window: BrowserWindow): void {
  const show = () => {
    clearTimeout(late)
    if (!window.isDestroyed() && !window.isVisible()) window.show()
  }
  const late = setTimeout(show, longestUnseen)
  window.once('ready-to-show', show)
  window.once('closed', () => clearTimeout(late))
}

/** Why there is no page, and whether to load it again. @returns what the person wants */
type AskToReload = (what: 'pageFailed' | 'pageCrashed', reason: string) => Promise<boolean>

/** What a window needs of the host. */
type WindowHost = Pick<Host, 'attach' | 'log'>

/** A page that has crashed is loaded again, since what it showed is in the engine; of one that crashes again and again a person decides. */
function reloadAfterCrash(contents: WebContents, host: WindowHost, askToReload: AskToReload): void {
  let crashes: number[] = []
  contents.on('render-process-gone', (_, { reason }) => {
    host.log.write('error', 'window', `The page is gone (${reason}).`)
    if (reason === 'clean-exit') return
    const now = Date.now()
    crashes = [...crashes.filter((when) => now - when < reloadsWithin), now]
    if (crashes.length <= mostReloads) {
      contents.reload()
      return
    }
    // One question at a time, whatever happens meanwhile.
    if (crashes.length > mostReloads + 1) return
    void askToReload('pageCrashed', reason).then((again) => {
      crashes = []
      if (again) contents.reload()
    })
  })
}

/** A page that cannot be loaded says why in a dialog: it cannot do so itself. */
function tellFailedLoad(contents: WebContents, host: WindowHost, askToReload: AskToReload): void {
  contents.on('did-fail-load', (_, code, why, address, isMainFrame) => {
    // -3: another address was taken meanwhile (net_error_list.h, ERR_ABORTED).
    if (!isMainFrame || code === -3) return
    host.log.write('error', 'window', `${address} could not be loaded: ${why} (${code}).`)
    void askToReload('pageFailed', `${why} (${code})`).then((again) => again && contents.reload())
  })
}

/** Until the first page has greeted: nobody hears what is told before that. */
export const greeted = ({ ipc }: Pick<WebContents, 'ipc'>): Promise<void> =>
  new Promise((resolve) => {
    ipc.once(bridgeChannel, () => resolve())
  })

/**
 * Every page that the window loads gets a wire of its own. A page names itself with each frame, since its first frame and the news
 * that it has been navigated to come in no order. A navigation that was only begun, and then prevented, changes nothing.
 */
function connect(contents: WebContents, host: WindowHost): void {
  let page: { session: string; listeners: WireListeners } | undefined
  /** The page that a navigation will leave, if it comes to that. */
  let leaving: string | undefined
  /** The page that was left last: what still comes of it is late. */
  let former: string | undefined

  const leave = () => {
    former = page?.session ?? former
    page?.listeners.close()
    page = undefined
  }
  const arrive = (session: string): WireListeners => {
    leave()
    const listeners = new WireListeners()
    page = { session, listeners }
    host.attach({
      send: (frame) => {
        if (!listeners.isClosed && !contents.isDestroyed()) contents.send(bridgeChannel, session, frame)
      },
      onFrame: listeners.onFrame,
      onClose: listeners.onClose,
      close: () => listeners.close(),
    })
    return listeners
  }

  contents.ipc.on(bridgeChannel, (event, session: unknown, frame: unknown) => {
    if (!isFromUs(event, contents) || typeof session !== 'string' || session === former) return
    const listeners = page?.session === session ? page.listeners : arrive(session)
    listeners.frame(frame)
  })
  contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) leaving = page?.session
  })
  contents.on('did-navigate', () => {
    if (page && page.session === leaving) leave()
  })
  contents.on('render-process-gone', leave)
  contents.on('destroyed', leave)
}

export interface WindowOptions {
  host: WindowHost
  /** The built preload script. */
  preload: string
  /** Colour of the empty window, before the page is there. */
  background: string
  /** The address within the page to begin at. */
  place?: string
  words: () => Words
  icon?: string
}

/** The window: sandboxed, isolated, without Node, and on our page. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const { host, preload, background, place = '', words, icon } = options
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    minWidth: 800,
    minHeight: 560,
    show: false,
    backgroundColor: background,
    title: 'Thaw',
    ...(icon !== undefined && { icon }),
    // Size and place are those it was left with.
    name: 'main',
    windowStatePersistence: true,
    webPreferences: {
      preload: path.resolve(preload),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  connect(window.webContents, host)
  showSoon(window)
  const askToReload: AskToReload = async (what, reason) => {
    const says = words()
    const detail = fillText(says.pageDetail, { reason })
    const choices = [['again', says.tryAgain] as const, ['leave', says.later] as const]
    return (await ask(window, { message: says[what], detail, choices, cancel: 'leave' })) === 'again'
  }
  reloadAfterCrash(window.webContents, host, askToReload)
  tellFailedLoad(window.webContents, host, askToReload)
  // A failure is told by did-fail-load.
  window.loadURL(appAddress + place).catch(() => undefined)
  return window
}
