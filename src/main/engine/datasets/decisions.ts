import type { PhotoBox, Split } from '../../../shared/dataset.ts'
import type { Act, HistoryItem } from '../../../shared/decisions.ts'
import { GroupRules } from '../../../shared/decisions.ts'
import type { ActEntry, JournalEntry } from './journal.ts'
import { relocatedPath, withPaths } from './relocated.ts'
import type { Repacked } from './repacked.ts'
import { repackedPath } from './repacked.ts'

/** What was decided about one photo; what is absent is as the folder or the list has it. Never changed, only replaced. */
export interface Decision {
  labels?: readonly string[]
  out?: true
  part?: Split
  crop?: PhotoBox
}

/** Values to put in: a photo's decision, or undefined for none; and, where they change, the new names of classes. */
interface Patch {
  photos: Map<string, Decision | undefined>
  renames?: ReadonlyMap<string, string>
  rules?: GroupRules
  sources?: readonly string[]
}

interface Step {
  entry: ActEntry
  /** Takes the act back, or once it is taken back does it again. */
  other: Patch
}

/** A decision without the fields that say nothing, and undefined if none says anything. */
function tidy(decision: { [K in keyof Decision]: Decision[K] | undefined }): Decision | undefined {
  const said = Object.entries(decision).filter(([, value]) => value !== undefined)
  return said.length === 0 ? undefined : Object.fromEntries(said)
}

type Moved = Extract<Act, { type: 'moved' }>
type Change = (decision: Decision, index: number) => { [K in keyof Decision]: Decision[K] | undefined }

const labelled = (name: string | null | undefined): readonly string[] => (name == null ? [] : [name])

/** What an act makes of the decision about each of its photos. */
function changeBy(act: Act): Change | undefined {
  switch (act.type) {
    case 'label':
      return (it) => ({ ...it, labels: act.classes })
    case 'labelEach':
      return (it, index) => ({ ...it, labels: labelled(act.classes[index]) })
    case 'leaveOut':
      return (it) => ({ ...it, out: act.out ? true : undefined })
    case 'part':
      return (it) => ({ ...it, part: act.part })
    case 'partEach':
      return (it, index) => ({ ...it, part: act.parts[index] })
    case 'crop':
      return (it) => ({ ...it, crop: act.box ?? undefined })
    case 'cropEach':
      return (it, index) => ({ ...it, crop: act.boxes[index] })
    case 'rename':
    case 'groups':
    case 'addSource':
    case 'removeSource':
    case 'restore':
    case 'moved':
      return undefined
  }
}

/**
 * All that was decided about a dataset: its journal, played from the beginning. The acts that hold are a stack; undo takes from
 * it, redo puts back what undo took, a new act forgets what could have been redone.
 */
export class Decisions {
  private readonly photos = new Map<string, Decision>()
  private renames: ReadonlyMap<string, string> = new Map()
  private groupRules: GroupRules = GroupRules.parse({})
  private alsoFrom: readonly string[] = []
  private readonly done: Step[] = []
  private undone: Step[] = []
  private readonly acts: ActEntry[] = []
  private readonly entries: JournalEntry[] = []
  private folder: string | undefined
  private copies: readonly Repacked[] = []

  static of(entries: Iterable<JournalEntry>): Decisions {
    const decisions = new Decisions()
    for (const entry of entries) decisions.take(entry)
    return decisions
  }

  about(photo: string): Decision | undefined {
    return this.photos.get(photo)
  }

  /** What a class of the folder's is called now. */
  nameOf(folderClass: string): string {
    return this.renames.get(folderClass) ?? folderClass
  }

  /** What belongs together when a split is drawn. */
  get rules(): GroupRules {
    return this.groupRules
  }

  /** Folders, lists and archives whose photos belong to the dataset beside those of its own place: absolute paths. */
  get sources(): readonly string[] {
    return this.alsoFrom
  }

  /** The dataset's folder that photos' paths are told from, where it was moved before; else the one that it always was. */
  get base(): string | undefined {
    return this.folder
  }

  /** Where a photo lies now whose path was told before its archive was packed again: by a run, or by a page that shows its answers. */
  pathNow(photo: string): string {
    return this.copies.reduce(repackedPath, photo)
  }

  /** Every act, also one that was taken back, with its photos' paths as they read now. */
  get all(): readonly ActEntry[] {
    return this.acts
  }

  /** All photos that an act names. */
  get named(): ReadonlySet<string> {
    const moved = this.acts.flatMap(({ act }) => (act.type === 'moved' ? act.to : []))
    return new Set([...this.acts.flatMap(({ photos }) => photos), ...moved])
  }

  /** The act that undo would take back. */
  get last(): ActEntry | undefined {
    return this.done.at(-1)?.entry
  }

  /** The act that redo would do again. */
  get next(): ActEntry | undefined {
    return this.undone.at(-1)?.entry
  }

  /** Number of the newest entry; 0: nothing was ever decided. */
  get entry(): number {
    return this.entries.at(-1)?.n ?? 0
  }

  /** Plays one more entry. What does not follow from the entries before it (of a journal that was damaged) changes nothing. */
  take(entry: JournalEntry): void {
    if (entry.kind === 'relocated') {
      this.relocate(entry)
      return
    }
    if (entry.kind === 'repacked') {
      this.follow(entry)
      // Its paths have changed already: played another time, this entry changes none.
      this.entries.push({ ...entry, from: entry.to })
      return
    }
    this.entries.push(entry)
    if (entry.kind === 'act') {
      this.acts.push(entry)
      this.done.push({ entry, other: this.swap(this.patchOf(entry)) })
      this.undone = []
      return
    }
    const [from, to] = entry.kind === 'undo' ? [this.done, this.undone] : [this.undone, this.done]
    const step = from.at(-1)
    if (step?.entry.n !== entry.of) return
    from.pop()
    to.push({ entry: step.entry, other: this.swap(step.other) })
  }

  /** What was decided about an archive's photos holds where they lie since it was packed again. */
  follow(copies: Repacked): void {
    if (copies.from === copies.to) return
    this.playAnew((photo) => repackedPath(photo, copies))
    this.copies = [...this.copies, { from: copies.from, to: copies.to }]
  }

  /** Everything as it reads from where the folder is now. */
  private relocate(entry: Extract<JournalEntry, { kind: 'relocated' }>): void {
    if (entry.from !== entry.to) this.playAnew((photo) => relocatedPath(photo, entry))
    this.folder = entry.to
    // As with an archive that was packed again.
    this.entries.push({ ...entry, from: entry.to })
  }

  private playAnew(pathNow: (photo: string) => string): void {
    const copies = this.copies.map(({ from, to }) => ({ from: pathNow(from), to: pathNow(to) }))
    Object.assign(this, Decisions.of(this.entries.map((entry) => withPaths(entry, pathNow))), { copies })
  }

  /** The newest first. */
  history(offset: number, limit: number): { total: number; items: HistoryItem[] } {
    const holding = new Set(this.done.map((step) => step.entry.n))
    const items = this.acts
      .toReversed()
      .slice(offset, offset + limit)
      .map(({ n, at, summary, photos }) => ({
        ...{ entry: n, at, summary },
        ...{ photos: photos.length, holds: holding.has(n) },
      }))
    return { total: this.acts.length, items }
  }

  /** Everything as it was after an entry. */
  at(entry: number): Decisions {
    return Decisions.of(this.entries.filter(({ n }) => n <= entry))
  }

  private patchOf({ act, photos }: ActEntry): Patch {
    const change = changeBy(act)
    if (change)
      return {
        photos: new Map(
          photos.map((photo, index) => [photo, tidy(change(this.photos.get(photo) ?? {}, index))]),
        ),
      }
    switch (act.type) {
      case 'rename':
        return this.renaming(act.from, act.to)
      case 'moved':
        return this.moving(photos, act)
      case 'groups':
        return { photos: new Map(), rules: act.rules }
      case 'addSource':
        return { photos: new Map(), sources: [...new Set([...this.alsoFrom, act.source])] }
      case 'removeSource':
        return { photos: new Map(), sources: this.alsoFrom.filter((it) => it !== act.source) }
      default:
        return this.restoring((act as Extract<Act, { type: 'restore' }>).entry)
    }
  }

  private renaming(from: string, to: string): Patch {
    const renames = new Map([...this.renames].map(([given, name]) => [given, name === from ? to : name]))
    if (!renames.has(from)) renames.set(from, to)
    const photos = new Map<string, Decision>()
    for (const [photo, decision] of this.photos)
      if (decision.labels?.includes(from))
        photos.set(photo, {
          ...decision,
          labels: [...new Set(decision.labels.map((name) => (name === from ? to : name)))],
        })
    return { photos, renames }
  }

  /** What was decided goes along. What only the former folder said is decided from now on. */
  private moving(from: readonly string[], { to, labels, parts }: Moved): Patch {
    const photos = new Map<string, Decision | undefined>(from.map((photo) => [photo, undefined]))
    from.forEach((photo, i) => {
      const decision = this.photos.get(photo)
      const label = photo === to[i] || decision?.labels ? undefined : labels?.[i]
      photos.set(
        to[i]!,
        tidy({
          ...decision,
          labels: label === undefined ? decision?.labels : labelled(label),
          part: decision?.part ?? parts?.[i],
        }),
      )
    })
    return { photos }
  }

  private restoring(entry: number): Patch {
    const then = this.at(entry)
    const photos = new Map<string, Decision | undefined>()
    for (const photo of this.photos.keys()) photos.set(photo, undefined)
    const since = this.movesSince(entry)
    for (const [photo, { to, folder }] of since) {
      const decision = then.photos.get(photo)
      photos.set(
        to,
        decision?.labels || folder === undefined ? decision : { ...decision, labels: labelled(folder) },
      )
    }
    for (const [photo, decision] of then.photos) if (!since.has(photo)) photos.set(photo, decision)
    return { photos, renames: then.renames, rules: then.groupRules, sources: then.alsoFrom }
  }

  /** Where photos of then lie now, by their path of then, and what their folder said of them. */
  private movesSince(entry: number): Map<string, { to: string; folder: string | null | undefined }> {
    const moves = new Map<string, { to: string; folder: string | null | undefined }>()
    const origins = new Map<string, string>()
    for (const { entry: act } of this.done) {
      if (act.n <= entry || act.act.type !== 'moved') continue
      const { to, folders } = act.act
      // All at once: two photos may have changed places.
      const steps = act.photos.map((from, i) => {
        const origin = origins.get(from) ?? from
        return { from, to: to[i]!, origin, folder: moves.get(origin)?.folder ?? folders?.[i] }
      })
      for (const { from } of steps) origins.delete(from)
      for (const step of steps) {
        origins.set(step.to, step.origin)
        moves.set(step.origin, { to: step.to, folder: step.folder })
      }
    }
    return moves
  }

  /** Which photos lie elsewhere because of a filing, as far as is entered: former path and path now. */
  movedBy(filing: string): Map<string, string> {
    const moved = new Map<string, string>()
    for (const { entry } of this.done) {
      if (entry.act.type !== 'moved' || entry.act.filing !== filing) continue
      const { to } = entry.act
      entry.photos.forEach((from, i) => {
        if (from === to[i]) return
        if (moved.get(to[i]!) === from) moved.delete(to[i]!)
        else moved.set(from, to[i]!)
      })
    }
    return moved
  }

  /** Puts a patch in. @returns the patch that takes it back */
  private swap(patch: Patch): Patch {
    const photos = new Map<string, Decision | undefined>()
    for (const [photo, decision] of patch.photos) {
      photos.set(photo, this.photos.get(photo))
      if (decision) this.photos.set(photo, decision)
      else this.photos.delete(photo)
    }
    const { renames, groupRules: rules, alsoFrom: sources } = this
    this.renames = patch.renames ?? renames
    this.groupRules = patch.rules ?? rules
    this.alsoFrom = patch.sources ?? sources
    return { photos, renames, rules, sources }
  }
}
