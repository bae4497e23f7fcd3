import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { byCodePoint } from '../datasets/order.ts'
import { findPhotos } from '../datasets/walk.ts'
import type { Filings } from '../filing/filings.ts'
import { decodePhoto } from '../photos/decode.ts'

/** A file as it was seen last. */
interface Growing {
  bytes: number
  modified: number
  /** When it was seen like this first, as `Date.now()`. */
  since: number
  /** It was read in this state, and is no whole photo. */
  isBad?: true
}

/** So long a file that cannot be read may stand still before it counts as one that never will be, milliseconds: a slow copy pauses too. */
const longestStandstill = 60_000

/**
 * Photos that appear in watched folders. One that is still being copied is left until it has stayed the same from one look to the next and
 * can be read, and what Thaw itself filed into the folder is no arrival: it has its answer, and would be filed again and again.
 */
export class Arrivals {
  private readonly folders: readonly string[]
  private readonly seen: Set<string>
  private readonly filings: Pick<Filings, 'placed'>
  private readonly growing = new Map<string, Growing>()
  private readonly standstill: number
  /** Folders that were not there at the last look. */
  away: readonly string[] = []

  /** @param seen photos that are known already, by their paths below the folders */
  constructor(
    folders: readonly string[],
    seen: Iterable<string>,
    filings: Pick<Filings, 'placed'>,
    { standstill = longestStandstill }: { standstill?: number } = {},
  ) {
    this.folders = folders
    this.seen = new Set(seen)
    this.filings = filings
    this.standstill = standstill
  }

  /** Those that have arrived since the last look, in order. A folder that is away is looked at again later. */
  async look(signal: AbortSignal): Promise<string[]> {
    const whole: string[] = []
    const away: string[] = []
    for (const folder of this.folders) {
      const found = await findPhotos(folder, '', { signal }).catch(() => undefined)
      if (!(await isFolder(folder))) away.push(folder)
      for (const photo of (found?.photos ?? []).toSorted(byCodePoint)) {
        const file = path.join(folder, photo)
        if (this.seen.has(file) || !(await this.isWhole(file))) continue
        this.seen.add(file)
        whole.push(file)
      }
    }
    this.away = away
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
    const about = await stat(file).catch(() => undefined)
    if (!about) return false
    const { size: bytes, mtimeMs: modified } = about
    const before = this.growing.get(file)
    if (bytes === 0 || before?.bytes !== bytes || before.modified !== modified) {
      this.growing.set(file, { bytes, modified, since: Date.now() })
      return false
    }
    const isOld = Date.now() - before.since >= this.standstill
    if (!isOld && (before.isBad || !(await isReadable(file)))) {
      before.isBad = true
      return false
    }
    this.growing.delete(file)
    return true
  }
}

const isFolder = (place: string): Promise<boolean> =>
  stat(place).then(
    (about) => about.isDirectory(),
    () => false,
  )

const isReadable = (file: string): Promise<boolean> =>
  decodePhoto(file).then(
    () => true,
    () => false,
  )
