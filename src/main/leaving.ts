import type { BrowserWindow } from 'electron'
import { app, powerMonitor } from 'electron'
import { askBeforeLeaving } from './dialogs.ts'
import type { Host } from './host/host.ts'
import type { Words } from './words.ts'

export interface LeavingOptions {
  host: Host
  window: BrowserWindow
  words: () => Words
}

/** Ends the children, the trainer with a checkpoint, and then the app in the way that is given. */
export type Leave = (end?: () => void) => Promise<void>

export interface Leaving {
  leave: Leave
  /** The window before the person, wherever it was. */
  show: () => void
}

/**
 * Closing and quitting: while a network is trained the person is asked first; the children end before the app does, the trainer
 * with a checkpoint. A window that was only hidden comes back with the next start or click.
 */
export function leaveWithCare({ host, window, words }: LeavingOptions): Leaving {
  let isLeaving = false
  let isAsking = false
  const isTraining = () => host.trainerState().work === 'training'

  const leave: Leave = async (end = () => app.exit(0)) => {
    isLeaving = true
    await host.close()
    end()
  }
  const ask = async (leaving: 'window' | 'app') => {
    if (isAsking) return
    isAsking = true
    const answer = await askBeforeLeaving(window, words(), leaving).finally(() => (isAsking = false))
    if (answer === 'stop') await leave()
    else if (answer === 'background') window.hide()
  }
  const show = () => {
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  window.on('close', (event) => {
    if (isLeaving) return
    event.preventDefault()
    void (isTraining() ? ask('window') : leave())
  })
  app.on('before-quit', (event) => {
    if (isLeaving) return
    event.preventDefault()
    void (isTraining() ? ask('app') : leave())
  })
  app.on('second-instance', show)
  app.on('activate', show)
  // The system is going down and waits only seconds: nobody is asked, the trainer keeps a checkpoint.
  window.on('session-end', () => void leave())
  // Electron's types leave the event out that its documentation names: prevented, the system waits for the app's end.
  const power: NodeJS.EventEmitter = powerMonitor
  power.on('shutdown', (event: { preventDefault: () => void }) => {
    event.preventDefault()
    void leave()
  })
  return { leave, show }
}
