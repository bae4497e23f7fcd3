import path from 'node:path'
import type { BrowserWindow } from 'electron'
import { Menu, Tray } from 'electron'
import type { Words } from './words.ts'

export interface BackgroundOptions {
  window: BrowserWindow
  words: () => Words
  /** The folder of the icons. */
  icons: string
  show: () => void
  /** Stops what runs, with a checkpoint, and ends the app. */
  stopAndQuit: () => void
}

/**
 * While the window is hidden and a network goes on learning, a sign in the system's tray brings the window back and can end the app:
 * without one, an app without a window could neither be seen nor ended. A Mac has its dock for this.
 */
export function stayInTray({ window, words, icons, show, stopAndQuit }: BackgroundOptions): void {
  if (process.platform === 'darwin') return
  let tray: Tray | undefined
  window.on('hide', () => {
    if (tray) return
    const says = words()
    tray = new Tray(path.join(icons, process.platform === 'win32' ? '16x16.png' : '32x32.png'))
    tray.setToolTip(`Thaw: ${says.trainingGoesOn}`)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: says.showWindow, click: show },
        { type: 'separator' },
        { label: says.stopAndQuit, click: stopAndQuit },
      ]),
    )
    tray.on('click', show)
  })
  const takeAway = () => {
    tray?.destroy()
    tray = undefined
  }
  window.on('show', takeAway)
  window.on('closed', takeAway)
}
