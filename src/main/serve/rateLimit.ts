/** Requests that may come at once, and how many more each second: more than a script needs, less than a flood. */
const most = 60
const perSecond = 20

/** A bucket of requests that fills up again by itself. */
export class RateLimit {
  private left = most
  private at: number
  private readonly now: () => number

  /** @param now milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.now = now
    this.at = now()
  }

  /** Takes one. @returns seconds to wait where there is none, else 0 */
  take(): number {
    const now = this.now()
    this.left = Math.min(most, this.left + ((now - this.at) / 1000) * perSecond)
    this.at = now
    if (this.left < 1) return (1 - this.left) / perSecond
    this.left -= 1
    return 0
  }
}
