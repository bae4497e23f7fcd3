/** Work that has been measured for less than this tells nothing of its pace. Milliseconds. */
const leastMeasured = 1500
/** What happened longer ago tells nothing of how it goes now. Milliseconds. */
const memory = 20_000
/** Between two points that are kept, milliseconds: work may tell of itself in bursts. */
const apart = 500

interface Point {
  at: number
  done: number
}

/** How long something will take, from how it went lately. */
export class Pace {
  private points: Point[] = []
  private total: number | undefined

  /** @returns seconds until `total`; null as long as nobody can say. `at`: milliseconds of a clock that never jumps */
  secondsLeft({ done, total }: { done: number; total: number }, at: number): number | null {
    const last = this.points.at(-1)
    // Another total is another piece of work: a download, then the reading of what came.
    if (total !== this.total || (last && done < last.done)) this.points = []
    this.total = total
    // One point that is older than the window is kept: the window begins there.
    while (this.points.length > 1 && at - this.points[1]!.at >= memory) this.points.shift()
    const first = this.points[0]
    if (!last || this.points.length === 0 || at - last.at >= apart) this.points.push({ at, done })
    if (!first || at - first.at < leastMeasured || done <= first.done) return null
    return ((total - done) * (at - first.at)) / (done - first.done) / 1000
  }
}
