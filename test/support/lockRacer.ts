/** A process that takes and gives back the lock that its parent names, at the moment its parent says. */
import { Lock } from '../../src/main/engine/lock.ts'

export type RacerCall = { take: string; at: number } | 'release'

let lock: Lock | undefined

process.on('message', (call: RacerCall) => {
  if (call === 'release') {
    lock?.release()
    process.send!('released')
    return
  }
  // Timers are too coarse: all racers start in the same microseconds.
  while (performance.timeOrigin + performance.now() < call.at);
  lock = Lock.take(call.take)
  process.send!(lock === undefined ? 'refused' : 'taken')
})
process.on('disconnect', () => process.exit())
process.send!('ready')
