import type { Settings } from '../../shared/api/app.ts'
import type { InnerClient } from './child.ts'

const isOther = (a: Settings, b: Settings): boolean => a.backend !== b.backend || a.threads !== b.threads

/** A process settles its backend and its thread count once: with other settings the trainer is started anew, when it is idle. */
export class Renewal {
  private readonly isIdle: () => boolean
  private readonly renew: () => void
  private known: Settings | undefined
  private due = false

  constructor(isIdle: () => boolean, renew: () => void) {
    this.isIdle = isIdle
    this.renew = renew
  }

  follow(library: InnerClient): void {
    const read = async () => (this.known = await library.call('settings.get', {}))
    // A library that is gone already will be followed again when it is back.
    read().catch(() => undefined)
    library.on('settings.changed', (settings) => {
      if (this.known && isOther(this.known, settings)) this.due = true
      this.known = settings
      this.tryNow()
    })
  }

  tryNow(): void {
    if (!this.due || !this.isIdle()) return
    this.due = false
    this.renew()
  }
}
