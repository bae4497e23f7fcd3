import { randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { bytesOf, exists, writeError, makeFolder } from '../files.ts'
import { Lock } from '../lock.ts'
import { disk } from './fileLayer.ts'
import type { ActOutcome } from './filing.ts'
import { Filing, storePlan } from './filing.ts'
import { journalFile } from './journal.ts'
import type { Act, FilingPlan } from './list.ts'
import { filesPhoto } from './list.ts'
import type { FilingRequest } from './plan.ts'
import { nearest, planFiling } from './plan.ts'

/** What a filing is called: when it was made, so that names sort by age, and a part that keeps two apart. */
const newId = (): string =>
  `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${randomBytes(3).toString('hex')}`

/** Lists that were never carried out are kept for a day, and no more of them than this: each change in the form makes one. */
const mostUnused = 50
const unusedFor = 24 * 3600_000

const isId = (id: string): boolean => /^[\w-]+$/.test(id)

/** A filing and where it stands. */
export interface FilingSummary {
  plan: FilingPlan
  /** Photos that were filed and not taken back. */
  done: number
  /** The list cannot be read; what was done by it can be taken back as far as its journal tells. */
  isDamaged: boolean
}

/** Where a photo is now that lay at this place once. */
export type Whereabouts = (file: string) => Promise<string>

/** The moves of one filing that stand, as far as its journal has been read. */
interface Moves {
  journalBytes: number
  created: string
  moved: ReadonlyMap<string, string>
}

/**
 * All filings of a data folder. Only one is carried out or taken back at a time, whatever process does it, so that two never meet at
 * one photo.
 */
export class Filings {
  private readonly folder: string
  private readonly own: readonly string[]
  private readonly moves = new Map<string, Moves>()

  /** @param folder see dataPaths @param own folders that belong to Thaw: lists that would file into them are not made */
  constructor(folder: string, own: readonly string[] = []) {
    this.folder = folder
    this.own = own
  }

  /** Makes a list and keeps it; nothing else is touched. @throws ThawError see planFiling; disk.full, output.unwritable */
  async plan(request: FilingRequest, onProgress?: (done: number) => void): Promise<FilingPlan> {
    // A list is made of what lies where it belongs.
    await this.settle()
    await this.clear()
    const id = newId()
    const plan = await planFiling(
      disk,
      { id, aside: path.join(this.folder, id, 'replaced'), own: this.own },
      request,
      onProgress,
    )
    try {
      await makeFolder(this.folder)
    } catch (error) {
      throw writeError(error, this.folder)
    }
    await storePlan(path.join(this.folder, plan.id), plan)
    return plan
  }

  /**
   * Carries a list out; one that was cut off goes on.
   * @throws ThawError filing.missing, filing.busy, filing.no-space, disk.full, cancelled
   */
  async *file(id: string, signal?: AbortSignal): AsyncGenerator<ActOutcome> {
    yield* this.alone(id, async function* (filing) {
      await requireSpace(filing)
      yield* filing.run(signal)
    })
  }

  /**
   * Takes a filing back, or some of its acts.
   * @throws ThawError filing.missing, filing.busy, disk.full, cancelled
   */
  async *undo(
    id: string,
    options: { only?: ReadonlySet<number>; signal?: AbortSignal } = {},
  ): AsyncGenerator<ActOutcome> {
    yield* this.alone(id, (filing) => filing.undo(options))
  }

  /** Forgets lists that nobody carried out. What has a journal has touched photos, and stays for its undo. */
  private async clear(): Promise<void> {
    const unused: { id: string; age: number }[] = []
    for (const id of (await this.ids()).toReversed()) {
      const folder = path.join(this.folder, id)
      if (await exists(path.join(folder, journalFile))) continue
      const made = await stat(folder).catch(() => undefined)
      if (made) unused.push({ id, age: Date.now() - made.mtimeMs })
    }
    const old = unused.filter(({ age }, index) => age > unusedFor || index >= mostUnused)
    // A folder that cannot be removed costs some room and nothing else.
    for (const { id } of old)
      await rm(path.join(this.folder, id), { recursive: true, force: true }).catch(() => undefined)
  }

  /** Puts in order what a crash has cut off in any filing; if another process is at work, that is its own to do. */
  async settle(): Promise<void> {
    if ((await this.ids()).length === 0) return
    const lock = Lock.take(this.lockFile)
    if (!lock) return
    try {
      for (const id of await this.ids()) {
        if (!(await exists(path.join(this.folder, id, journalFile)))) continue
        const filing = await this.open(id).catch(() => undefined)
        // What cannot be looked at now, on a disk that fails say, stays in doubt until its own filing goes on, and stops no other.
        await filing?.settle().catch(() => undefined)
        await filing?.close()
      }
    } finally {
      lock.release()
    }
  }

  /** The newest first. What a crash left of a list is none. */
  async list(): Promise<FilingSummary[]> {
    const summaries: FilingSummary[] = []
    for (const id of (await this.ids()).toReversed()) {
      const filing = await this.open(id).catch(() => undefined)
      if (filing) summaries.push(summaryOf(filing))
    }
    // Names of two that were made in one second do not say which was first.
    return summaries.toSorted((a, b) => b.plan.created.localeCompare(a.plan.created))
  }

  /** Where filings have put photos that were not taken back, or are putting one just now. */
  async placed(): Promise<Set<string>> {
    const places = new Set<string>()
    for (const id of await this.ids()) {
      if (!(await exists(path.join(this.folder, id, journalFile)))) continue
      const filing = await this.open(id).catch(() => undefined)
      for (const { act, state } of filing?.outcomes ?? [])
        if (placing.has(act.act) && !nowhere.has(state)) places.add(act.to)
    }
    return places
  }

  /** Follows photos that filings have moved, those that were made since then (ISO 8601): by them what was said of a photo finds it again. */
  async whereabouts(since: string): Promise<Whereabouts> {
    const moves: Moves[] = []
    for (const id of await this.ids()) {
      const known = await this.movesOf(id)
      if (known && known.created >= since && known.moved.size > 0) moves.push(known)
    }
    // As above, names do not say which of two was first.
    moves.sort((a, b) => a.created.localeCompare(b.created))
    return async (file) => {
      const last = moves.reduce((at, { moved }) => moved.get(at) ?? at, file)
      // What lies at the old place is the photo, or one that a person has put there.
      return last === file || (await exists(file)) ? file : last
    }
  }

  private async movesOf(id: string): Promise<Moves | undefined> {
    const journalBytes = await bytesOf(path.join(this.folder, id, journalFile))
    if (journalBytes === undefined) return undefined
    const known = this.moves.get(id)
    if (known?.journalBytes === journalBytes) return known
    const filing = await this.open(id).catch(() => undefined)
    if (!filing) return undefined
    const standing = filing.outcomes.filter(({ act, state }) => act.act === 'move' && !nowhere.has(state))
    const moved = new Map(standing.map(({ act: { from, to } }) => [from, to]))
    const found = { journalBytes, created: filing.plan.created, moved }
    this.moves.set(id, found)
    return found
  }

  /** @throws ThawError filing.missing */
  async get(id: string): Promise<FilingSummary> {
    return summaryOf(await this.open(id))
  }

  /** What became of every act of a filing. @throws ThawError filing.missing */
  async outcomes(id: string): Promise<ActOutcome[]> {
    return (await this.open(id)).outcomes
  }

  private get lockFile(): string {
    return path.join(this.folder, 'lock')
  }

  private async ids(): Promise<string[]> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch(() => [])
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted()
  }

  private async open(id: string): Promise<Filing> {
    if (!isId(id)) throw new ThawError('filing.missing', { id })
    return Filing.open(path.join(this.folder, id))
  }

  private async *alone(
    id: string,
    work: (filing: Filing) => AsyncGenerator<ActOutcome>,
  ): AsyncGenerator<ActOutcome> {
    await this.open(id)
    const lock = Lock.take(this.lockFile)
    if (!lock) throw new ThawError('filing.busy')
    // Opened only now: whoever had the lock before may have written into the journal.
    const filing = await this.open(id)
    try {
      yield* work(filing)
    } catch (error) {
      throw writeError(error, path.join(filing.plan.target, '_'))
    } finally {
      await filing.close()
      lock.release()
    }
  }
}

/** Acts that leave a photo at a new place, and states in which none is there. */
const placing: ReadonlySet<Act['act']> = new Set(['copy', 'move', 'link'])
const nowhere: ReadonlySet<ActOutcome['state']> = new Set(['planned', 'failed', 'undone'])

/** Where a photo now lies, or a keyword is, because of it. */
const standing = ({ state, act }: ActOutcome): boolean =>
  filesPhoto(act) && (state === 'done' || state === 'kept')

const summaryOf = ({ plan, isDamaged, outcomes }: Filing): FilingSummary => ({
  plan,
  isDamaged,
  done: outcomes.filter(standing).length,
})

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6)

/** @throws ThawError filing.no-space before anything is done */
async function requireSpace({ plan, outcomes }: Filing): Promise<void> {
  const left = outcomes.some(({ state }) => state === 'done') ? 0 : plan.needs
  if (left === 0) return
  const free = await disk.free((await nearest(disk, plan.target)).folder)
  if (free < left)
    throw new ThawError('filing.no-space', {
      folder: plan.target,
      needs: megabytes(left),
      free: Math.floor(free / 1e6),
    })
}
