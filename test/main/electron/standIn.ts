/**
 * A stand-in for `electron`: as much of it as our main process touches, typed by Electron's own types where they are simple. It
 * records what it was asked, and its events can be fired.
 */
import { EventEmitter } from 'node:events'
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron'

type Listener = (...parameters: never[]) => void

export class WebContentsStandIn extends EventEmitter {
  readonly ipc = new EventEmitter()
  readonly mainFrame = { url: 'app://thaw/' }
  readonly sent: unknown[] = []
  openHandler: (() => { action: string }) | undefined
  reloads = 0
  isDestroyed = () => false
  getURL = () => this.mainFrame.url
  /** For which page each frame was meant. */
  readonly received: string[] = []
  send = (_channel: string, session: string, frame: unknown) => {
    this.sent.push(frame)
    this.received.push(session)
  }
  setWindowOpenHandler = (handler: () => { action: string }) => void (this.openHandler = handler)
  reload = () => void (this.reloads += 1)
  readonly loads: string[] = []
  loadURL = (url: string) => {
    this.loads.push(url)
    return Promise.resolve()
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = []
  static getAllWindows = () => BrowserWindow.all
  readonly webContents = new WebContentsStandIn()
  readonly calls: string[] = []
  readonly progress: number[] = []
  loaded: string | undefined
  readonly options: BrowserWindowConstructorOptions

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
    BrowserWindow.all.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  loadURL(url: string) {
    this.loaded = url
    this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
    return Promise.resolve()
  }
  show = () => void this.calls.push('show')
  hide = () => void this.calls.push('hide')
  focus = () => void this.calls.push('focus')
  restore = () => void this.calls.push('restore')
  isMinimized = () => false
  isDestroyed = () => false
  isVisible = () => this.calls.lastIndexOf('show') > this.calls.lastIndexOf('hide')
  isFocused = () => false
  setProgressBar = (share: number) => void this.progress.push(share)
}

class AppStandIn extends EventEmitter {
  isPackaged = false
  sandboxed = false
  exits: number[] = []
  quits = 0
  first = true
  languages = ['en-GB']
  path = process.cwd()
  readonly paths = new Map<string, string>()
  relaunches = 0
  setPath = (name: string, place: string) => void this.paths.set(name, place)
  setAppUserModelId = () => undefined
  relaunch = () => void (this.relaunches += 1)
  enableSandbox = () => void (this.sandboxed = true)
  requestSingleInstanceLock = () => this.first
  quit = () => void (this.quits += 1)
  exit = (code: number) => void this.exits.push(code)
  whenReady = () => Promise.resolve()
  getAppPath = () => this.path
  getPreferredSystemLanguages = () => this.languages
}
export const app = new AppStandIn()

type Handler = (request: Request) => Promise<Response> | Response
class SessionStandIn {
  requestPermission:
    | ((
        contents: WebContentsStandIn,
        permission: string,
        answer: (may: boolean) => void,
        details: { mediaTypes?: readonly string[] },
      ) => void)
    | undefined
  checkPermission:
    | ((contents: null, permission: string, origin: string, details: { mediaType?: string }) => boolean)
    | undefined
  device: (() => boolean) | undefined
  readonly handlers = new Map<string, Handler>()
  readonly protocol = {
    handle: (scheme: string, handler: Handler) => void this.handlers.set(scheme, handler),
  }
  setPermissionRequestHandler = (handler: typeof this.requestPermission) =>
    void (this.requestPermission = handler)
  setPermissionCheckHandler = (handler: typeof this.checkPermission) => void (this.checkPermission = handler)
  setDevicePermissionHandler = (handler: typeof this.device) => void (this.device = handler)
}
export const session = { defaultSession: new SessionStandIn() }

export const schemes: { scheme: string; privileges: Record<string, boolean> }[] = []
export const protocol = {
  registerSchemesAsPrivileged: (given: typeof schemes) => void schemes.push(...given),
}

export const nativeTheme = { themeSource: 'system', shouldUseDarkColors: false }

export const Menu = {
  current: [] as MenuItemConstructorOptions[],
  popups: [] as MenuItemConstructorOptions[][],
  buildFromTemplate: (template: MenuItemConstructorOptions[]) =>
    Object.assign([...template], { popup: () => void Menu.popups.push(template) }),
  setApplicationMenu: (menu: MenuItemConstructorOptions[]) => void (Menu.current = menu),
}

interface Asked {
  message?: string
  detail?: string
  title?: string
  buttons?: string[]
  defaultPath?: string
  filters?: { name: string; extensions: string[] }[]
  defaultId?: number
  cancelId?: number
}

export const dialog = {
  asked: [] as Asked[],
  /** Which button is pressed next. */
  response: 0,
  picked: [] as string[],
  /** Whether the person leaves the next file dialogs by Cancel, whatever was marked in them. */
  cancels: false,
  showMessageBox: (_window: unknown, options: Asked) => {
    dialog.asked.push(options)
    return Promise.resolve({ response: dialog.response })
  },
  showOpenDialog: (_window: unknown, options: Asked) => {
    dialog.asked.push(options)
    return Promise.resolve({
      canceled: dialog.cancels || dialog.picked.length === 0,
      filePaths: dialog.picked,
    })
  },
  showSaveDialog: (_window: unknown, options: Asked) => {
    dialog.asked.push(options)
    return Promise.resolve({ canceled: dialog.cancels, filePath: options.defaultPath ?? '' })
  },
  showErrorBox: () => undefined,
}

export const shell = {
  shown: [] as string[],
  showItemInFolder: (file: string) => void shell.shown.push(file),
}

export const powerSaveBlocker = {
  active: new Set<number>(),
  start: () => {
    powerSaveBlocker.active.add(1)
    return 1
  },
  stop: (id: number) => void powerSaveBlocker.active.delete(id),
}

export const powerMonitor = new EventEmitter()

export class Tray extends EventEmitter {
  static readonly all: Tray[] = []
  tip = ''
  menu: MenuItemConstructorOptions[] = []
  isThere = true
  readonly image: string
  constructor(image: string) {
    super()
    this.image = image
    Tray.all.push(this)
  }
  setToolTip = (tip: string) => void (this.tip = tip)
  setContextMenu = (menu: MenuItemConstructorOptions[]) => void (this.menu = menu)
  destroy = () => void (this.isThere = false)
}

export class Notification extends EventEmitter {
  static readonly shown: string[] = []
  static last: Notification | undefined
  static isSupported = () => true
  private readonly body: string
  constructor({ body }: { body: string }) {
    super()
    this.body = body
    Notification.last = this
  }
  show = () => void Notification.shown.push(this.body)
}

export const exposed = new Map<string, Record<string, (...parameters: never[]) => unknown>>()
export const contextBridge = {
  exposeInMainWorld: (name: string, bridge: Record<string, Listener>) => void exposed.set(name, bridge),
}
export const ipcRenderer = Object.assign(new EventEmitter(), {
  sent: [] as [string, string, unknown][],
  send: (channel: string, session: string, frame: unknown) =>
    void ipcRenderer.sent.push([channel, session, frame]),
})
export const webUtils = { getPathForFile: (file: { path: string }) => file.path }
