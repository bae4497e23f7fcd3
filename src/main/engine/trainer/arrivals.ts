import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { byCodePoint } from '../datasets/order.ts'
import { findPhotos } from '../datasets/walk.ts'
import type { Filings } from '../filing/filings.ts'

/** A file as it was seen last. */
interface Growing {
  bytes: number
  modified: number
  /** When it was seen like this first, as `Date.now()`. */
  since: number
  /** It could not be read in this state. */
  isBad?: true
}

/** So long a file that cannot be read may stand still before it counts as one that never will be, milliseconds: a slow copy pauses too. */
const longestStandstill = 60_000

/**
 * Photos that appear in watched folders. One that is still being copied is left until it has stayed the same from one look to the next;
 * whether it is whole then, who decodes it finds out ({@link Arrivals.isOnItsWay}). What Thaw itself filed into the folder is no arrival:
 * it has its answer, and would be filed again and again.
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
    // Those of the last look that were not handed back have their answer.
    for (const file of this.growing.keys()) if (this.seen.has(file)) this.growing.delete(file)
    const still: string[] = []
    const away: string[] = []
    for (const folder of this.folders) {
      const found = await findPhotos(folder, '', { signal }).catch(() => undefined)
      if (!(await isFolder(folder))) away.push(folder)
      for (const photo of (found?.photos ?? []).toSorted(byCodePoint)) {
        const file = path.join(folder, photo)
        if (this.seen.has(file) || !(await this.standsStill(file))) continue
        this.seen.add(file)
        still.push(file)
      }
    }
    this.away = away
    return still.length === 0 ? [] : this.foreign(still)
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

  /**
   * Whether a photo that could not be read may be on its way still. Then it is handed back: it arrives again once it has changed, or has
   * stood still for so long that it never will.
   */
  async isOnItsWay(file: string): Promise<boolean> {
    const state = await stateOf(file)
    if (!state) return false
    const before = this.growing.get(file)
    const since = isSame(before, state) ? before.since : state.changed
    if (Date.now() - since >= this.standstill) return false
    this.growing.set(file, { ...state, since, isBad: true })
    this.seen.delete(file)
    return true
  }

  private async standsStill(file: string): Promise<boolean> {
    const state = await stateOf(file)
    if (!state) return false
    const before = this.growing.get(file)
    if (state.bytes > 0 && isSame(before, state))
      return !before.isBad || Date.now() - before.since >= this.standstill
    this.growing.set(file, { ...state, since: Date.now() })
    return false
  }
}

type State = Pick<Growing, 'bytes' | 'modified'> & {
  /** When it was written to last, also where a copy was given its original's time; as `Date.now()`. */
  changed: number
}

async function stateOf(file: string): Promise<State | undefined> {
  const about = await stat(file).catch(() => undefined)
  if (!about) return undefined
  // The clock of another machine's disk may be ahead of ours.
  const changed = Math.min(Date.now(), Math.max(about.mtimeMs, about.ctimeMs))
  return { bytes: about.size, modified: about.mtimeMs, changed }
}

const isSame = (before: Growing | undefined, { bytes, modified }: State): before is Growing =>
  before?.bytes === bytes && before.modified === modified

const isFolder = (place: string): Promise<boolean> =>
  stat(place).then(
    (about) => about.isDirectory(),
    () => false,
  )
