import { performance } from 'node:perf_hooks'

const bytesInMiB = 2 ** 20

/** What this process, with all its threads, asks of the machine. */
export class Load {
  private cpu = process.cpuUsage()
  private at = performance.now()

  /** Memory in use now, and how many processor cores were busy on average since this was last asked. */
  read(): { memoryMiB: number; cores: number } {
    const { user, system } = process.cpuUsage(this.cpu)
    const now = performance.now()
    const milliseconds = Math.max(now - this.at, 1e-3)
    this.cpu = process.cpuUsage()
    this.at = now
    return {
      memoryMiB: process.memoryUsage.rss() / bytesInMiB,
      // cpuUsage counts microseconds.
      cores: (user + system) / 1000 / milliseconds,
    }
  }
}
