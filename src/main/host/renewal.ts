import type { Settings } from '../../shared/api/app.ts'
import type { InnerClient } from './child.ts'

const isOther = (a: Settings, b: Settings): boolean =>
  a.backend !== b.backend || a.threads !== b.threads || a.gpu !== b.gpu

/**
 * A process settles its backend and its thread count once: with other settings, or another native library, the trainer is started
 * anew, when it is idle.
 */
export class Renewal {
  private readonly isIdle: () => Promise<boolean>
  private readonly renew: () => void
  private known: Settings | undefined
  private due = false
  private isAsking = false

  /** `isIdle` asks the trainer itself: only it knows of what it has just begun. */
  constructor(isIdle: () => Promise<boolean>, renew: () => void) {
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
    library.on('gpu.changed', () => {
      this.due = true
      this.tryNow()
    })
  }

  /** To be called whenever the trainer may have become idle. */
  tryNow(): void {
    if (!this.due || this.isAsking) return
    this.isAsking = true
    this.isIdle()
      .then(
        (isIdle) => {
          if (!isIdle) return
          this.due = false
          this.renew()
        },
        // A trainer that is gone comes back with what is set now.
        () => (this.due = false),
      )
      .finally(() => (this.isAsking = false))
  }
}
