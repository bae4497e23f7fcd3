/** Milliseconds after the last picture before anything else goes on: a page asks for the next few when it has the first. */
const rest = 60
/** Milliseconds for which anything else holds still for one picture: a disk that does not answer would stop a scan for good. */
const longestHold = 5000

/**
 * What a person looks at and waits for. As long as there is any of it, work that nobody watches holds still: two cores that look at the
 * photos of a scan leave little to make the pictures on the screen with.
 */
export class Foreground {
  private waiting = 0
  private resting: NodeJS.Timeout | undefined
  private readonly followers = new Set<(isBusy: boolean) => void>()

  get isBusy(): boolean {
    return this.waiting > 0 || this.resting !== undefined
  }

  /** Does something that a person waits for; from five seconds on the person alone does. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const end = this.hold(longestHold)
    try {
      return await work()
    } finally {
      end()
    }
  }

  /** A page is about to ask for pictures; it is waited for no longer than that. */
  expect(milliseconds: number): void {
    this.hold(milliseconds)
  }

  /** Tells when it begins to be busy and when that is over. @returns to stop that */
  follow(follower: (isBusy: boolean) => void): () => void {
    this.followers.add(follower)
    if (this.isBusy) follower(true)
    return () => this.followers.delete(follower)
  }

  /** Until nobody waits, or the signal says that it is of no use any more. */
  async over(signal: AbortSignal): Promise<void> {
    if (!this.isBusy || signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = () => {
        stop()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const stop = this.follow((isBusy) => !isBusy && done())
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** @returns what ends it before its time */
  private hold(milliseconds: number): () => void {
    this.begin()
    let isOver = false
    const end = () => {
      clearTimeout(limit)
      if (!isOver) this.end()
      isOver = true
    }
    const limit = setTimeout(end, milliseconds)
    limit.unref()
    return end
  }

  private begin(): void {
    const wasBusy = this.isBusy
    this.waiting += 1
    clearTimeout(this.resting)
    this.resting = undefined
    if (!wasBusy) this.tell(true)
  }

  private end(): void {
    this.waiting -= 1
    if (this.waiting > 0) return
    this.resting = setTimeout(() => {
      this.resting = undefined
      this.tell(false)
    }, rest)
    this.resting.unref()
  }

  private tell(isBusy: boolean): void {
    for (const follower of [...this.followers]) follower(isBusy)
  }
}
