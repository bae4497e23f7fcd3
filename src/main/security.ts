import type { Session, WebContents } from 'electron'
import { app } from 'electron'
import { appAddress, isOurs } from './origin.ts'

/** The one thing a page of ours may ask of the system: copying text, on a click. */
const allowed = 'clipboard-sanitized-write'

/** Denies every permission there is, to everyone. */
export function denyPermissions(session: Session): void {
  const may = (permission: string, address: string) => permission === allowed && isOurs(address)
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(may(permission, contents.getURL())),
  )
  session.setPermissionCheckHandler((_, permission, origin) => may(permission, origin))
  session.setDevicePermissionHandler(() => false)
}

/** A window shows our page and stays on it: no navigation, no new windows, no embedded ones. */
function keepInPlace(contents: WebContents): void {
  const deny = (event: { preventDefault: () => void }) => event.preventDefault()
  contents.on('will-navigate', deny)
  contents.on('will-redirect', deny)
  contents.on('will-attach-webview', deny)
  // Addresses such as about:blank are left for without asking: what shows something else is brought back.
  contents.on('did-navigate', (_, address) => {
    if (!isOurs(address)) contents.loadURL(appAddress).catch(() => undefined)
  })
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Before the first window: whatever is ever opened is kept in place. */
export function keepAllInPlace(): void {
  app.on('web-contents-created', (_, contents) => keepInPlace(contents))
}
