import type { Session, WebContents } from 'electron'
import { app } from 'electron'
import { appAddress, isOurs } from './origin.ts'

/**
 * What a page of ours may ask of the system, each on a click: copying text, and the picture of a camera without its sound.
 * @param media what is to be filmed or heard; empty: nothing, or not known
 */
const isAllowed = (permission: string, media: readonly (string | undefined)[]): boolean =>
  permission === 'clipboard-sanitized-write' ||
  (permission === 'media' && media.length > 0 && media.every((kind) => kind === 'video'))

/** Denies every permission that our own page does not need, and all of them to everyone else. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const media = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    answer(isAllowed(permission, media) && isOurs(contents.getURL()))
  })
  session.setPermissionCheckHandler(
    (_, permission, origin, details) => isAllowed(permission, [details.mediaType]) && isOurs(origin),
  )
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
