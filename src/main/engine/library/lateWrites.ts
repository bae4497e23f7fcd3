import path from 'node:path'
import { makeFolder, writeAtomic } from '../files.ts'

/** So many may wait to be written, some megabytes of thumbnails; what comes beyond them is made again when it is asked for again. */
const most = 500

/** Writes a file of a cache, without waiting for the disk: it can be made again. @throws ThawError disk.full, output.unwritable and others of node:fs */
export async function writeCached(file: string, bytes: Buffer): Promise<void> {
  await makeFolder(path.dirname(file))
  await writeAtomic(file, [bytes], { flush: false })
}

/**
 * Files of a cache that are written when nobody waits for anything: a person sees a picture before it lies on the disk. Of what cannot be
 * written nothing is told: a cache costs time, and no picture.
 */
export class LateWrites {
  private readonly left = new Map<string, Buffer>()
  private readonly idle: () => Promise<void>
  private writing: Promise<void> | undefined
  private closing = false

  /** @param idle ends when nobody waits for anything */
  constructor(idle: () => Promise<void>) {
    this.idle = idle
  }

  /** What is still to be written under this name. */
  get(file: string): Buffer | undefined {
    return this.left.get(file)
  }

  add(file: string, bytes: Buffer): void {
    if (this.left.size >= most) return
    this.left.set(file, bytes)
    this.writing ??= this.write().finally(() => (this.writing = undefined))
  }

  /** Writes the rest at once. */
  async close(): Promise<void> {
    this.closing = true
    await this.writing
  }

  private async write(): Promise<void> {
    for (const [file, bytes] of this.left) {
      if (!this.closing) await this.idle()
      await writeCached(file, bytes).catch(() => undefined)
      this.left.delete(file)
    }
  }
}
