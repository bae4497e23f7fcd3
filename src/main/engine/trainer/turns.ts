/** Lets one at a time compute. Who waits is served in the order of asking. */
export class Turns {
  private isTaken = false
  private readonly waiting: (() => void)[] = []

  async take(): Promise<void> {
    if (this.isTaken) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.isTaken = true
  }

  give(): void {
    const next = this.waiting.shift()
    // Whoever is next has it at once, so that nobody can come between.
    if (next) next()
    else this.isTaken = false
  }

  /** Lets those who wait have theirs first: to be called between two batches by who has it. */
  async pass(): Promise<void> {
    if (this.waiting.length === 0) return
    this.give()
    await this.take()
  }

  /** Leaves it to others until something has happened. */
  async away(until: Promise<unknown>): Promise<void> {
    this.give()
    try {
      await until
    } finally {
      await this.take()
    }
  }
}
