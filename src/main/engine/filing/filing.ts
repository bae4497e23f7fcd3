import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { isFull, systemCode, writeError } from '../files.ts'
import { disk } from './fileLayer.ts'
import type { FileLayer } from './fileLayer.ts'
import type { ActState, JournalledList } from './journal.ts'
import { Journal } from './journal.ts'
import type { KeywordWriter } from './keywords.ts'
import { exiftoolWriter } from './keywords.ts'
import type { Act, FilingPlan, Reason } from './list.ts'
import { FilingPlan as PlanSchema, reasonOf } from './list.ts'
import type { Tools } from './perform.ts'
import { performers, requireUnchanged } from './perform.ts'
import type { Settled } from './transfer.ts'

/** What became of one act. */
export interface ActOutcome {
  number: number
  act: Act
  state: ActState
  /** Why it was given up, or cannot be undone. */
  reason: Reason | undefined
}

export interface FilingOptions {
  files?: FileLayer
  keywords?: KeywordWriter
}

const planFile = 'plan.json'

/** Keeps a list, so that it can be carried out later, and as it was shown. @throws ThawError disk.full, output.unwritable */
export async function storePlan(folder: string, plan: FilingPlan, files: FileLayer = disk): Promise<void> {
  try {
    await files.makeFolder(folder)
    // Under its last name only when it is whole: what a crash cut off is no list.
    await files.write(path.join(folder, `${planFile}.part`), Buffer.from(JSON.stringify(plan)))
    await files.rename(path.join(folder, `${planFile}.part`), path.join(folder, planFile))
    await files.syncFolder(folder)
  } catch (error) {
    throw writeError(error, path.join(folder, planFile))
  }
}

/** Failures that all further photos would meet too: it stops, and goes on when there is room. */
const stopsAll = new Set(['disk.full', 'cancelled'])

/**
 * A list that is carried out, with its journal: each act is announced in the journal, done, and entered as done, so that a crash at
 * any moment leaves at most one act in doubt, which `settle` puts in order.
 */
export class Filing {
  /** Where the list itself is damaged: what the journal knows of it. */
  readonly plan: FilingPlan
  /** The list cannot be read, so it does not go on; what was done by it can be taken back. */
  readonly isDamaged: boolean
  private readonly acts: ReadonlyMap<number, Act>
  private readonly folder: string
  private readonly files: FileLayer
  private readonly keywords: KeywordWriter
  private readonly journal: Journal

  private constructor(
    folder: string,
    plan: FilingPlan | undefined,
    journal: Journal,
    options: Required<FilingOptions>,
  ) {
    this.folder = folder
    this.isDamaged = plan === undefined
    this.plan = plan ?? journalledPlan(path.basename(folder), journal)
    this.acts = plan ? new Map(plan.acts.entries()) : inOrder(journal.acts)
    this.journal = journal
    this.files = options.files
    this.keywords = options.keywords
  }

  /** @throws ThawError filing.missing; filing.damaged where neither the list nor a journal of it can be read */
  static async open(folder: string, options: FilingOptions = {}): Promise<Filing> {
    const { files = disk, keywords = exiftoolWriter() } = options
    const file = path.join(folder, planFile)
    const id = path.basename(folder)
    const isThere = (await files.facts(file)) !== undefined
    const plan = isThere ? parsedPlan(await files.read(file)) : undefined
    const journal = await Journal.open(files, folder)
    if (!plan && journal.isEmpty) throw new ThawError(isThere ? 'filing.damaged' : 'filing.missing', { id })
    return new Filing(folder, plan, journal, { files, keywords })
  }

  /** What became of every act so far. */
  get outcomes(): ActOutcome[] {
    return [...this.acts.keys()].map((number) => this.outcome(number))
  }

  private outcome(number: number): ActOutcome {
    const act = this.acts.get(number)!
    return { number, act, state: this.journal.stateOf(number), reason: this.journal.reasonOf(number) }
  }

  private toolsFor(number: number): Tools {
    const mark = `.${this.plan.id}-${number}.part`
    return {
      files: this.files,
      keywords: this.keywords,
      // Without the photo's extension, which may be wrong: so ExifTool tells its kind by what is in it.
      partOf: (file) => path.join(path.dirname(file), mark),
      deltaFile: path.join(this.folder, `${number}.delta`),
    }
  }

  /**
   * Does what is left of the list; acts that were done or given up stay so.
   * @throws ThawError filing.damaged, disk.full, cancelled (between two photos); errors of node:fs if the journal cannot be written
   */
  async *run(signal?: AbortSignal): AsyncGenerator<ActOutcome> {
    if (this.isDamaged) throw new ThawError('filing.damaged', { id: this.plan.id })
    await this.settle()
    if (this.journal.isEmpty) await this.enterList()
    for (const number of this.acts.keys()) {
      if (this.journal.stateOf(number) !== 'planned') continue
      // Between a file that is set aside and the photo that gets its name nothing stops it.
      if (signal?.aborted && !this.isReplacing(number) && !this.isSidecar(number))
        throw new ThawError('cancelled')
      await this.perform(number)
      await this.putBack(number)
      yield this.outcome(number)
    }
  }

  /** Whether a file has been set aside for the photo of this act. */
  private isReplacing(number: number): boolean {
    return this.acts.get(number - 1)?.act === 'set-aside' && this.journal.stateOf(number - 1) === 'done'
  }

  private isSidecar(number: number): boolean {
    return this.acts.get(number)?.sidecar === true
  }

  /** The photo that a sidecar lies beside: one may have two. */
  private photoOf(number: number): number {
    return this.isSidecar(number) ? this.photoOf(number - 1) : number
  }

  /** Where the photo could not get the name, the file that had it gets it back. */
  private async putBack(number: number): Promise<void> {
    if (this.journal.stateOf(number) === 'failed' && this.isReplacing(number)) await this.takeBack(number - 1)
  }

  private async perform(number: number): Promise<void> {
    const act = this.acts.get(number)!
    const tools = this.toolsFor(number)
    try {
      if (this.journal.stateOf(this.photoOf(number)) !== 'done' && this.isSidecar(number))
        throw new ThawError('filing.stays-with-photo', { file: act.from })
      await requireUnchanged(this.files, act)
    } catch (thrown) {
      if (await this.isFound(number)) await this.enterFound(number)
      else await this.enterFailed(number, understood(thrown, act.from))
      return
    }
    await this.journal.write({ step: 'begin', act: number, what: act })
    try {
      await this.makeFolders(path.dirname(act.to))
      const hash = await performers[act.act].do(act, tools)
      await this.enterDone(number, hash)
    } catch (thrown) {
      const error = understood(thrown, act.to)
      await this.settleDo(number, error)
      if (stopsAll.has(error.code) && this.journal.stateOf(number) !== 'done') throw error
    }
  }

  /**
   * Whether an act that the journal does not know has happened: a journal that came out of a backup, or off a dying disk, may lack its
   * last lines. Where the photo is gone from its old place and lies at the new one, or the photo is the one that was tagged, it has. A
   * copy or a link may as well be somebody else's.
   */
  private async isFound(number: number): Promise<boolean> {
    const act = this.acts.get(number)!
    if (act.act === 'copy' || act.act === 'link') return false
    try {
      await performers[act.act].checkUndo(act, this.toolsFor(number), undefined)
      return act.act === 'keywords' || act.act === 'untag' || !(await this.files.facts(act.from))
    } catch (error) {
      if (error instanceof ThawError) return false
      throw error
    }
  }

  /** After a failed or interrupted act: enters whether it has happened all the same. */
  private async settleDo(number: number, error: ThawError): Promise<void> {
    const act = this.acts.get(number)!
    // A name that was taken by another program belongs to it.
    const isOthers = error.code === 'filing.taken'
    const { happened, hash } = isOthers ? { happened: false } : await settled(act, this.toolsFor(number))
    if (happened) await this.enterDone(number, hash)
    else if (stopsAll.has(error.code)) await this.journal.write({ step: 'again', act: number })
    else await this.enterFailed(number, error)
  }

  /** Makes the folders that are missing, each entered first, so that the undo takes away no others. */
  private async makeFolders(folder: string): Promise<void> {
    if (await this.files.facts(folder)) return
    await this.makeFolders(path.dirname(folder))
    await this.journal.write({ step: 'folder', folder })
    try {
      await this.files.makeFolder(folder)
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
    await this.files.syncFolder(path.dirname(folder))
  }

  /**
   * Puts in order what a crash has cut off; then no act is in doubt but those whose disk is away. An act that had not happened is to
   * be done again.
   * @throws ThawError disk.full, output.unwritable if the journal cannot be written; errors of node:fs if a photo's disk fails
   */
  async settle(): Promise<void> {
    for (const number of this.acts.keys()) {
      const state = this.journal.stateOf(number)
      if (state === 'begun') await this.settleBegun(number)
      else if (state === 'undoing') await this.settleUndoing(number)
      await this.putBack(number)
    }
  }

  /** Both places are gone, with a disk that is not plugged in say: nobody can tell what has happened until it is there again. */
  private async isAway({ from, to }: Act): Promise<boolean> {
    for (const file of [from, to]) if (await this.files.facts(path.dirname(file))) return false
    return true
  }

  private async settleBegun(number: number): Promise<void> {
    const act = this.acts.get(number)!
    if (await this.isAway(act)) return
    const { happened, hash } = await settled(act, this.toolsFor(number))
    if (happened) await this.enterDone(number, hash)
    else await this.journal.write({ step: 'again', act: number })
  }

  private async settleUndoing(number: number): Promise<void> {
    const act = this.acts.get(number)!
    if (await this.isAway(act)) return
    if (await isUndone(act, this.toolsFor(number))) await this.journal.write({ step: 'undone', act: number })
    else await this.enterDone(number, this.journal.hashOf(number))
  }

  /** The journal can take back what it knows, should the list itself be lost. */
  private enterList(): Promise<void> {
    const { created, how, target, pattern, dataset } = this.plan
    const list = { created, how, target, pattern, ...(dataset !== undefined && { dataset }) }
    return this.journal.write({ step: 'list', ...list })
  }

  private async enterFound(number: number): Promise<void> {
    await this.journal.write({ step: 'begin', act: number, what: this.acts.get(number)! })
    await this.enterDone(number, undefined)
  }

  private enterFailed(number: number, error: ThawError): Promise<void> {
    return this.journal.write({ step: 'failed', act: number, ...reasonOf(error) })
  }

  private enterDone(number: number, hash: string | undefined): Promise<void> {
    return this.journal.write({ step: 'done', act: number, ...(hash !== undefined && { hash }) })
  }

  /**
   * Takes acts back, the last one first; one that cannot be (its file was changed since, its old name is taken) is kept as it is,
   * with the reason.
   * @param only numbers of acts; all unless given
   * @throws ThawError disk.full, cancelled (between two photos); errors of node:fs if the journal cannot be written
   */
  async *undo({
    only,
    signal,
  }: { only?: ReadonlySet<number>; signal?: AbortSignal } = {}): AsyncGenerator<ActOutcome> {
    await this.settle()
    for (const number of [...this.acts.keys()].reverse()) {
      if (only && !this.belongsTo(number, only)) continue
      if (this.journal.stateOf(number) === 'planned' && (await this.isFound(number)))
        await this.enterFound(number)
      const state = this.journal.stateOf(number)
      if (state !== 'done' && state !== 'kept') continue
      if (signal?.aborted) throw new ThawError('cancelled')
      await this.takeBack(number)
      yield this.outcome(number)
    }
    await this.removeFolders()
  }

  /** What was set aside for a photo, and its sidecars, come back with it. */
  private belongsTo(number: number, only: ReadonlySet<number>): boolean {
    return (
      only.has(this.photoOf(number)) || (this.acts.get(number)?.act === 'set-aside' && only.has(number + 1))
    )
  }

  private async takeBack(number: number): Promise<void> {
    const act = this.acts.get(number)!
    const tools = this.toolsFor(number)
    try {
      await performers[act.act].checkUndo(act, tools, this.journal.hashOf(number))
    } catch (thrown) {
      await this.enterKept(number, understood(thrown, act.to))
      return
    }
    await this.journal.write({ step: 'undo', act: number })
    try {
      await performers[act.act].undo(act, tools)
      await this.journal.write({ step: 'undone', act: number })
    } catch (thrown) {
      const error = understood(thrown, act.from)
      // What has its old name belongs to somebody else.
      const undone = error.code !== 'filing.taken' && (await isUndone(act, tools))
      if (undone) await this.journal.write({ step: 'undone', act: number })
      else await this.enterKept(number, error)
      if (stopsAll.has(error.code) && !undone) throw error
    }
  }

  private enterKept(number: number, error: ThawError): Promise<void> {
    return this.journal.write({ step: 'kept', act: number, ...reasonOf(error) })
  }

  /** Takes away the folders that it made, where they are empty again. */
  private async removeFolders(): Promise<void> {
    for (const folder of this.journal.folders.toReversed())
      try {
        await this.files.removeFolder(folder)
      } catch (error) {
        // Something else is in it, or it is gone: both are the person's doing.
        if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EACCES', 'EPERM'].includes(systemCode(error) ?? ''))
          throw error
      }
  }

  close(): Promise<void> {
    return this.keywords.close()
  }
}

/** What `ifMissing` is for a photo that somebody took away from both places meanwhile. */
async function unlessMissing<T>(settling: Promise<T>, ifMissing: T): Promise<T> {
  try {
    return await settling
  } catch (error) {
    if (error instanceof ThawError && error.code === 'photo.missing') return ifMissing
    throw error
  }
}

/** Whether an act that was cut off has happened. */
const settled = (act: Act, tools: Tools): Promise<Settled> =>
  unlessMissing(performers[act.act].settle(act, tools), { happened: false })

/** Whether an undo that was cut off has happened. */
const isUndone = (act: Act, tools: Tools): Promise<boolean> =>
  unlessMissing(performers[act.act].settleUndo(act, tools), false)

/** A failure as a person understands it. What is no failure of a disk or of ours ends the filing as it is. */
function understood(thrown: unknown, file: string): ThawError {
  // What cannot be written may as well be the place that it comes from.
  const error = writeError(thrown, pathOf(thrown) ?? file)
  if (error instanceof ThawError) return error
  const code = systemCode(error)
  if (code === undefined) throw error
  return new ThawError('filing.failed', { file, reason: code }, { cause: error })
}

/** What a failed call was about: of a copy that found the disk full the copy, else what comes first. */
function pathOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { path: first, dest } = error as { path?: unknown; dest?: unknown }
  const place = isFull(error) && dest !== undefined ? dest : first
  return typeof place === 'string' ? place : undefined
}

const inOrder = (acts: ReadonlyMap<number, Act>): Map<number, Act> =>
  new Map([...acts].toSorted(([a], [b]) => a - b))

/** What the journal of a list knows of it. */
function journalledPlan(id: string, { list, acts }: Journal): FilingPlan {
  const known: JournalledList = list ?? { created: createdOf(id), how: 'copy', target: '', pattern: '' }
  const { created, how, target, pattern, dataset } = known
  return {
    ...{ format: 1, id, acts: [...acts.values()], left: [], needs: 0, free: 0, inside: null },
    ...{ created, how, target, pattern, ...(dataset !== undefined && { dataset }) },
  }
}

/** Of a name such as `20261125-101500-1a2b3c`, in UTC; the epoch where it is none. */
function createdOf(id: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id)?.slice(1).map(Number)
  if (!parts) return new Date(0).toISOString()
  const [year, month, ...rest] = parts as [number, number, number, number, number, number]
  return new Date(Date.UTC(year, month - 1, ...rest)).toISOString()
}

function parsedPlan(bytes: Buffer): FilingPlan | undefined {
  try {
    return PlanSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data
  } catch {
    return undefined
  }
}
