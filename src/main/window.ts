import path from 'node:path'
import type { IpcMainEvent, WebContents } from 'electron'
import { BrowserWindow } from 'electron'
import type { Host } from './host/host.ts'
import { appAddress, isOurs } from './origin.ts'
import type { Wire } from '../shared/wire.ts'
import { bridgeChannel, WireListeners } from '../shared/wire.ts'

/** Frames come from our page's main frame, or not at all. */
function isFromUs({ senderFrame }: IpcMainEvent, contents: WebContents): boolean {
  return senderFrame !== null && senderFrame === contents.mainFrame && isOurs(senderFrame.url)
}

/** The wire to one page of a window. It ends when the page is left, reloaded or has crashed: its calls end with it. */
function pageWire(contents: WebContents): Wire {
  const listeners = new WireListeners()
  const onFrame = (event: IpcMainEvent, frame: unknown) => {
    if (isFromUs(event, contents)) listeners.frame(frame)
  }
  const close = () => {
    if (!contents.isDestroyed()) contents.ipc.off(bridgeChannel, onFrame)
    listeners.close()
  }
  contents.ipc.on(bridgeChannel, onFrame)
  contents.once('render-process-gone', close)
  contents.once('destroyed', close)
  return {
    send: (frame) => {
      if (!listeners.isClosed && !contents.isDestroyed()) contents.send(bridgeChannel, frame)
    },
    onFrame: listeners.onFrame,
    onClose: listeners.onClose,
    close,
  }
}

/** Every page that the window loads gets a wire of its own. */
function connect(contents: WebContents, host: Host): void {
  let wire: Wire | undefined
  contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (!isMainFrame || isSameDocument) return
    wire?.close()
    wire = pageWire(contents)
    host.attach(wire)
  })
}

export interface WindowOptions {
  host: Host
  /** The built preload script. */
  preload: string
  /** Colour of the empty window, before the page is there. */
  background: string
  /** The address within the page to begin at. */
  place?: string
}

/** The window: sandboxed, isolated, without Node, and on our page. */
export function openWindow({ host, preload, background, place = '' }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    minWidth: 800,
    minHeight: 560,
    show: false,
    backgroundColor: background,
    title: 'Thaw',
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
  window.once('ready-to-show', () => window.show())
  // A page that has crashed is loaded again: what it showed is in the engine.
  window.webContents.on('render-process-gone', (_, { reason }) => {
    host.log.write('error', 'window', `The page is gone (${reason}).`)
    if (reason !== 'clean-exit') window.webContents.reload()
  })
  void window.loadURL(appAddress + place)
  return window
}
