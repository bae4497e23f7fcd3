import type { BrowserWindow } from 'electron'
import { Notification, powerSaveBlocker } from 'electron'
import type { contract } from '../shared/contract.ts'
import type { Client } from '../shared/rpc.ts'
import type { RunEvent } from '../shared/run.ts'
import type { Words } from './words.ts'

/** Share of the run that is done; undefined for events that do not tell. */
function shareDone(event: RunEvent, epochs: number): number | undefined {
  if (event.type !== 'batch') return undefined
  return (event.epoch - 1 + event.batch / event.batches) / Math.max(1, epochs)
}

const noProgress = -1

/** While a network is trained the computer does not fall asleep, the window's icon shows how far it is, and its end is told. */
export function accompanyTraining(
  client: Client<typeof contract>,
  window: BrowserWindow,
  words: () => Words,
  /** Shows the window with this run. */
  openRun: (run: string) => void,
): void {
  let blocker: number | undefined
  let epochs = 1

  client.on('run.events', ({ events }) => {
    for (const event of events) {
      if (event.type === 'started') epochs = event.epochs
      const share = shareDone(event, epochs)
      if (share !== undefined) window.setProgressBar(share)
    }
  })
  client.on('run.state', ({ run, state }) => {
    if (state === 'running') {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension')
      return
    }
    if (blocker !== undefined) powerSaveBlocker.stop(blocker)
    blocker = undefined
    if (state === 'paused') return
    window.setProgressBar(noProgress)
    if (window.isFocused() || !Notification.isSupported()) return
    if (state !== 'finished' && state !== 'failed' && state !== 'interrupted') return
    const notification = new Notification({ title: 'Thaw', body: words()[state] })
    notification.on('click', () => openRun(run))
    notification.show()
  })
}
