import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { byCodePoint } from '../datasets/order.ts'
import { findPhotos } from '../datasets/walk.ts'
import type { Filings } from '../filing/filings.ts'

/**
 * Photos that appear in watched folders. One that is still being copied is left until it has kept its size from one look to the next,
 * and what Thaw itself filed into the folder is no arrival: it has its answer, and would be filed again and again.
 */
export class Arrivals {
  private readonly folders: readonly string[]
  private readonly seen: Set<string>
  private readonly filings: Pick<Filings, 'placed'>
  private readonly growing = new Map<string, number>()

  /** @param seen photos that are known already, by their paths below the folders */
  constructor(folders: readonly string[], seen: Iterable<string>, filings: Pick<Filings, 'placed'>) {
    this.folders = folders
    this.seen = new Set(seen)
    this.filings = filings
  }

  /** Those that have arrived since the last look, in order. A folder that is away is looked at again later. */
  async look(signal: AbortSignal): Promise<string[]> {
    const whole: string[] = []
    for (const folder of this.folders) {
      const found = await findPhotos(folder, '', { signal }).catch(() => undefined)
      for (const photo of (found?.photos ?? []).toSorted(byCodePoint)) {
        const file = path.join(folder, photo)
        if (this.seen.has(file) || !(await this.isWhole(file))) continue
        this.seen.add(file)
        whole.push(file)
      }
    }
    return whole.length === 0 ? [] : this.foreign(whole)
  }

  private async foreign(files: readonly string[]): Promise<string[]> {
    const placed = await this.filings.placed()
    const foreign: string[] = []
    for (const file of files) {
      // By its real path: a filing knows no other.
      const real = path.join(await realpath(path.dirname(file)).catch(() => ''), path.basename(file))
      if (!placed.has(real)) foreign.push(file)
    }
    return foreign
  }

  private async isWhole(file: string): Promise<boolean> {
    const size = (await stat(file).catch(() => undefined))?.size
    if (size === undefined) return false
    const before = this.growing.get(file)
    this.growing.set(file, size)
    if (before !== size || size === 0) return false
    this.growing.delete(file)
    return true
  }
}
