/** Work that has been measured for less than this tells nothing of its pace. Milliseconds. */
const leastMeasured = 1500
/** How much of what was measured counts for later: what is older than this counts less than half. Milliseconds. */
const memory = 20_000

interface Point {
  at: number
  done: number
}

/** How long something will take, from how it went lately. */
export class Pace {
  private first: Point | undefined
  private last: Point | undefined
  private total: number | undefined
  /** Milliseconds a unit. */
  private pace: number | undefined

  /** @returns seconds until `total`; null as long as nobody can say. `at`: milliseconds of a clock that never jumps */
  secondsLeft({ done, total }: { done: number; total: number }, at: number): number | null {
    // Another total is another piece of work: a download, then the reading of what came.
    if (!this.first || !this.last || total !== this.total || done < this.last.done) {
      this.total = total
      this.first = this.last = { at, done }
      this.pace = undefined
      return null
    }
    const { first, last } = this
    if (at - first.at >= leastMeasured && done > last.done) {
      const lately = (at - last.at) / (done - last.done)
      const overall = (at - first.at) / (done - first.done)
      const weight = 1 - 0.5 ** ((at - last.at) / memory)
      this.pace = this.pace === undefined ? overall : this.pace + weight * (lately - this.pace)
      this.last = { at, done }
    }
    return this.pace === undefined ? null : ((total - done) * this.pace) / 1000
  }
}
