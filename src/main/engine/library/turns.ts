import { ThawError } from '../../../shared/errors.ts'

interface Waiting {
  begin: () => void
  giveUp: () => void
}

/**
 * Lets so many pieces of work run at a time. Whoever asked last is next: while a person scrolls, what is on the screen now
 * comes before what was.
 */
export class Turns {
  private free: number
  private readonly waiting: Waiting[] = []

  constructor(atOnce: number) {
    this.free = atOnce
  }

  /** @throws ThawError `cancelled` if the signal says so before it is its turn; and what `work` throws */
  async take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw new ThawError('cancelled')
    if (this.free > 0) this.free -= 1
    else await this.wait(signal)
    try {
      return await work()
    } finally {
      const next = this.waiting.pop()
      if (next) next.begin()
      else this.free += 1
    }
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        begin: () => {
          signal.removeEventListener('abort', entry.giveUp)
          resolve()
        },
        giveUp: () => {
          this.waiting.splice(this.waiting.indexOf(entry), 1)
          reject(new ThawError('cancelled'))
        },
      }
      signal.addEventListener('abort', entry.giveUp, { once: true })
      this.waiting.push(entry)
    })
  }
}
