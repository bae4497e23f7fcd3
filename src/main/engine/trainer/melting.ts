import { stat } from 'node:fs/promises'
import type { MeltedRun } from '../evaluation/meltedRun.ts'
import { bestWeightsOf } from '../training/bestWeights.ts'

/** Milliseconds after which a run that nobody asks for is closed: it holds the network and both ends of its weights. */
const idle = 60_000

/** The run whose weights a person is moving stays open between two moves. One at a time. */
export class Melting {
  private readonly open: (folder: string) => Promise<MeltedRun>
  private opened: { key: string; run: MeltedRun } | undefined
  private timer: NodeJS.Timeout | undefined

  constructor(open: (folder: string) => Promise<MeltedRun>) {
    this.open = open
  }

  /** One at a time: the caller sees to that. @throws ThawError as MeltedRun.open, and what `work` throws */
  async with<T>(folder: string, work: (run: MeltedRun) => Promise<T>): Promise<T> {
    clearTimeout(this.timer)
    // A run that goes on has other weights.
    const { mtimeMs } = await stat(await bestWeightsOf(folder)).catch(() => ({ mtimeMs: 0 }))
    const key = `${mtimeMs} ${folder}`
    if (this.opened?.key !== key) {
      await this.close()
      this.opened = { key, run: await this.open(folder) }
    }
    try {
      return await work(this.opened.run)
    } finally {
      this.timer = setTimeout(() => void this.close(), idle).unref()
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.timer)
    const { opened } = this
    this.opened = undefined
    await opened?.run.close()
  }
}
