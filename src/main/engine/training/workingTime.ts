/** A clock that stands still while a run rests: speeds, and what is left, are of computing. */
export class WorkingTime {
  private rested = 0

  /** Milliseconds since some moment, without rests. */
  now(): number {
    return performance.now() - this.rested
  }

  /** Waits without the time going on. @returns seconds that it took */
  async rest(wait: () => Promise<unknown>): Promise<number> {
    const at = performance.now()
    await wait()
    const took = performance.now() - at
    this.rested += took
    return took / 1000
  }
}
