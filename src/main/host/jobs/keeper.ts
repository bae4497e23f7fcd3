import type { JobRecord } from '../../../shared/api/jobs.ts'
import type { InnerClient } from '../child.ts'

/** Milliseconds that Thaw's end waits for what is still to be written down. */
const lastChance = 2000

/** Has the library write jobs down, one change after the other; while there is no library, what changed waits for it. */
export class Keeper {
  private readonly library: () => Promise<InnerClient>
  private readonly find: (id: string) => JobRecord | undefined
  private readonly dirty = new Set<string>()
  private writing: Promise<void> | undefined

  constructor(library: () => Promise<InnerClient>, find: (id: string) => JobRecord | undefined) {
    this.library = library
    this.find = find
  }

  /** A job that has changed, or is not there any more. */
  keep(id: string): void {
    this.dirty.add(id)
    this.writing ??= this.write().finally(() => (this.writing = undefined))
  }

  /** Waits, but not for ever. */
  async close(): Promise<void> {
    const timeout = new Promise((resolve) => setTimeout(resolve, lastChance).unref())
    await Promise.race([this.writing, timeout])
  }

  private async write(): Promise<void> {
    while (this.dirty.size > 0) {
      const ids = [...this.dirty]
      this.dirty.clear()
      const found = ids.map((id) => ({ id, record: this.find(id) }))
      try {
        const client = await this.library()
        await client.call('jobs.keep', {
          records: found.flatMap(({ record }) => record ?? []),
          forget: found.flatMap(({ id, record }) => (record ? [] : id)),
        })
      } catch {
        // A full disk or a library that is gone costs what was to be kept, not the work. Its next change tries again.
        return
      }
    }
  }
}
