import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder, writeAtomic } from '../files.ts'
import type { Drawing } from '../datasets/resplit.ts'

/** Another number where groups or splits are drawn in another way. */
const version = 2

/**
 * How datasets were drawn last (datasets/resplit.ts), so that one of 100,000 photos opens in a second: a file each in the cache, a line that
 * says of what it is, then the numbers. A file of something else, or that is damaged, counts as none.
 */
export class Drawings {
  private readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** @param of what decides the drawing: the state of the scan's file, rules, seed */
  async read(id: string, of: readonly unknown[], photos: number): Promise<Drawing | undefined> {
    const bytes = await readFile(this.file(id)).catch(() => undefined)
    const head = headOf(of)
    if (bytes?.length !== head.length + 9 * photos || !bytes.subarray(0, head.length).equals(head))
      return undefined
    // Copied, so that the numbers stand where their kind may stand.
    const part = (from: number, to: number) =>
      new Uint8Array(bytes.subarray(head.length + from * photos, head.length + to * photos)).buffer
    return {
      groups: new Int32Array(part(0, 4)),
      order: new Uint32Array(part(4, 8)),
      splits: new Uint8Array(part(8, 9)),
    }
  }

  /** Best effort: a cache that cannot be written costs time. */
  async write(id: string, of: readonly unknown[], { groups, order, splits }: Drawing): Promise<void> {
    try {
      await makeFolder(this.folder)
      await writeAtomic(this.file(id), [headOf(of), bytesOf(groups), bytesOf(order), splits])
    } catch {
      // It is drawn anew next time.
    }
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.drawing`)
  }
}

const headOf = (of: readonly unknown[]): Buffer => Buffer.from(`${JSON.stringify([version, ...of])}\n`)

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
