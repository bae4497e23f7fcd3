import path from 'node:path'
import type { ClashChoice, How } from '../../../shared/api/filing.ts'
import { isTagging } from '../../../shared/api/filing.ts'
import { ThawError } from '../../../shared/errors.ts'
import { writeError } from '../files.ts'
import { missingPhoto, readError } from '../photos/read.ts'
import { Companions, sidecarsOf, withoutExtension } from '../photos/sidecars.ts'
import type { FileFacts, FileLayer } from './fileLayer.ts'
import type { KeywordWriter } from './keywords.ts'
import { exiftoolWriter, keywordsFileOf, safeKeyword } from './keywords.ts'
import type { Act, FilingPlan } from './list.ts'
import { reasonOf } from './list.ts'
import { numbered } from './names.ts'
import { OwnFolders, realFolder } from './ownFolders.ts'
import { fillPattern, requirePattern } from './pattern.ts'
import type { Holder } from './takenNames.ts'
import { TakenNames } from './takenNames.ts'

/** A photo with the answer that it is filed by. */
export interface AnsweredPhoto {
  /** Absolute path. */
  file: string
  class: string
  group?: string
}

export interface FilingRequest {
  photos: readonly AnsweredPhoto[]
  how: How
  /** Absolute; for keywords it is not used. */
  target: string
  /** Below the target, see requirePattern. */
  pattern: string
  /** What a name that is taken gets: a number, or the photo stays where it is. */
  clash: 'number' | 'skip'
  /** Photos for which a person has decided otherwise, by path. */
  choices?: ReadonlyMap<string, ClashChoice>
  /** What all keywords lie under, `Thaw` say, so that they can be found and taken off again; empty: nothing. */
  prefix?: readonly string[]
  /** Id of the dataset whose labels are written to folders. */
  dataset?: string | undefined
  /**
   * A dataset is written as photos to learn from: each counts, also of two that are alike, and clips and spoken notes stay where they are.
   */
  exported?: true
  /** The day a photo was taken, `2026-11-25`; asked only where the pattern needs it. */
  dayOf: (file: string) => Promise<string>
}

/** Why nothing can be written in a folder, in words. */
function unwritable(error: unknown, folder: string): ThawError {
  const told = writeError(error, path.join(folder, '_'))
  if (told instanceof ThawError) return told
  throw told
}

/** The facts of the nearest folder that is there. @throws ThawError output.unwritable if a part of the path is no folder */
export async function nearest(
  files: FileLayer,
  folder: string,
): Promise<{ folder: string; facts: FileFacts }> {
  const facts = await files.facts(folder)
  if (facts?.kind === 'folder') return { folder, facts }
  if (facts) throw new ThawError('output.unwritable', { folder, reason: 'name-of-file' })
  return nearest(files, path.dirname(folder))
}

/** A folder in which nothing can be written, and what the system says of it. */
interface Refusal {
  folder: string
  error: unknown
}

/** What lies in a folder of photos. */
interface PhotosFolder {
  names: ReadonlySet<string>
  companions: Companions
}

/** Where things of one list lie. */
interface Places {
  target: string
  /** Disk of the target. */
  device: number
  /** It takes what is stored beside photos. */
  keepsAttributes: boolean
  /** Folder into which files are set aside. */
  aside: string
  /** Where no photo may go. */
  own: OwnFolders
}

/** Builds the list, photo by photo. */
class Planner {
  readonly acts: Act[] = []
  readonly left: FilingPlan['left'] = []
  needs = 0
  private readonly files: FileLayer
  private readonly request: FilingRequest
  private readonly places: Places
  private readonly taken: TakenNames
  private readonly filed: ReadonlySet<string>
  /** Companions that a photo has taken along: two photos that differ only in their extension may share one. */
  private readonly along = new Map<string, string>()
  private readonly folders = new Map<string, Promise<PhotosFolder>>()
  private readonly refusals = new Map<string, Refusal | undefined>()

  private readonly keywords: KeywordWriter

  constructor(files: FileLayer, request: FilingRequest, places: Places, keywords: KeywordWriter) {
    this.files = files
    this.keywords = keywords
    this.request = request
    this.places = places
    this.taken = new TakenNames(files)
    this.filed = new Set(request.photos.map(({ file }) => file))
  }

  async add(photo: AnsweredPhoto): Promise<void> {
    try {
      const facts = await this.factsOf(photo.file)
      if (this.request.how === 'keywords') await this.tag(photo, facts)
      else if (this.request.how === 'untag') await this.untag(photo, facts)
      else await this.place(photo, facts)
    } catch (thrown) {
      const error = readError(thrown, photo.file)
      if (!(error instanceof ThawError)) throw error
      this.left.push({ file: photo.file, ...reasonOf(error) })
    }
  }

  /** @throws ThawError photo.missing, photo.bad-name, photo.unreadable, filing.not-a-file, filing.read-only */
  private async factsOf(file: string): Promise<FileFacts> {
    const facts = await this.files.facts(file)
    if (!facts) throw missingPhoto(file)
    if (facts.kind !== 'file') throw new ThawError('filing.not-a-file', { file })
    const { how } = this.request
    if (how === 'move' || isTagging(how)) await this.requireWritable(file)
    return facts
  }

  /** What is moved is taken out of its folder, and what is tagged is written beside itself first. */
  private async requireWritable(file: string): Promise<void> {
    const folder = path.dirname(file)
    if (await this.refusalOf(folder)) throw new ThawError('filing.read-only', { file, folder })
  }

  /** Why nothing can be written in a folder, or in the nearest one that is there; undefined: it can. Asked once for each. */
  private async refusalOf(folder: string): Promise<Refusal | undefined> {
    if (!this.refusals.has(folder)) this.refusals.set(folder, await this.findRefusal(folder))
    return this.refusals.get(folder)
  }

  private async findRefusal(folder: string): Promise<Refusal | undefined> {
    if (!(await this.files.facts(folder))) return this.refusalOf(path.dirname(folder))
    return this.files.requireWritable(folder).then(
      () => undefined,
      (error: unknown) => ({ folder, error }),
    )
  }

  private async tag({ file, class: name, group }: AnsweredPhoto, facts: FileFacts): Promise<void> {
    const keyword = [...(this.request.prefix ?? []), ...(group === undefined ? [] : [group]), name].map(
      safeKeyword,
    )
    const to = await this.keywordsFile(file)
    await this.push({ act: 'keywords', from: file, to, renamed: false, keyword }, facts)
  }

  /** The photo, its sidecar as it is named already, or the one that it will have. */
  private async keywordsFile(photo: string): Promise<string> {
    const usual = keywordsFileOf(photo)
    if (usual === photo) return photo
    const { names } = await this.folderOf(photo)
    const isSameButForCase = (file: string) => file.toLowerCase() === usual.toLowerCase()
    const there = sidecarsOf(photo).filter((file) => names.has(path.basename(file)))
    return there.find(isSameButForCase) ?? usual
  }

  /** @throws ThawError keywords.none, keywords.unwritable, keywords.no-exiftool */
  private async untag({ file }: AnsweredPhoto, facts: FileFacts): Promise<void> {
    const keyword = (this.request.prefix ?? []).map(safeKeyword)
    const to = await this.keywordsFile(file)
    if (!(await this.files.facts(to)) || !(await this.keywords.has(to, keyword)))
      throw new ThawError('keywords.none', { file, prefix: keyword.join('|') })
    await this.push({ act: 'untag', from: file, to, renamed: false, keyword }, facts)
  }

  private async push(
    act: Omit<Act, 'bytes' | 'modified' | 'lost'>,
    { bytes, modified, device }: FileFacts,
  ): Promise<void> {
    const isCopied = act.act === 'copy' || (act.act === 'move' && device !== this.places.device)
    const lost = isCopied && !this.places.keepsAttributes ? await this.files.attributes(act.from) : []
    this.acts.push({ ...act, bytes, modified, ...(lost.length > 0 && { lost }) })
    if (isCopied) this.needs += bytes
  }

  private async place({ file, class: name, group = name }: AnsweredPhoto, facts: FileFacts): Promise<void> {
    const { how, pattern, dayOf } = this.request
    const date = pattern.includes('{date}') ? await dayOf(file) : ''
    const values = { class: name, group, date, name: path.basename(file) }
    const wanted = path.join(this.places.target, ...fillPattern(pattern, values).split('/'))
    if (wanted === file) throw new ThawError('filing.there-already', { file })
    await this.places.own.requireOutside(path.dirname(wanted))
    const holder = await this.taken.holderOf(wanted)
    if (!holder) {
      await this.take(wanted, file)
      await this.push({ act: how, from: file, to: wanted, renamed: false }, facts)
      await this.takeCompanionsAlong(file, wanted)
      return
    }
    if (holder.with === file) throw new ThawError('filing.there-already', { file })
    await this.requireOther(file, facts, holder)
    await this.placeTaken({ file, wanted, facts, holder })
  }

  /** A person decides about a name that is taken; where she has not, the general rule. */
  private async placeTaken(one: {
    file: string
    wanted: string
    facts: FileFacts
    holder: Holder
  }): Promise<void> {
    const { file, wanted, facts, holder } = one
    const there = holder.kind === 'there' ? await this.files.facts(wanted) : undefined
    const replaceable = there?.kind === 'file' && !this.filed.has(wanted)
    const { clash: rule, choices, how: act } = this.request
    const chosen = choices?.get(file) ?? rule
    const choice = chosen === 'replace' && !replaceable ? rule : chosen
    const clash = { kind: holder.kind, with: holder.with, choice, replaceable }
    if (choice === 'skip') {
      this.left.push({ file, clash, ...reasonOf(new ThawError('filing.taken', { file: wanted })) })
      return
    }
    const to = choice === 'replace' ? wanted : await this.freeName(file, facts, wanted)
    await this.take(to, file)
    if (choice === 'replace' && there) await this.setAside(wanted, there)
    await this.push({ act, from: file, to, renamed: to !== wanted, clash }, facts)
    await this.takeCompanionsAlong(file, to)
  }

  /**
   * The list gives a photo this name. A folder of a class that is there already may be read-only though the target is not, or a link that
   * leads nowhere. @throws ThawError output.unwritable, disk.read-only if nothing can be put into its folder
   */
  private async take(to: string, from: string): Promise<void> {
    const refusal = await this.refusalOf(path.dirname(to))
    if (refusal) throw unwritable(refusal.error, refusal.folder)
    this.taken.take(to, from)
  }

  /** What lies beside a photo, bears its name and belongs to it goes where the photo goes, or stays and is named. */
  private async takeCompanionsAlong(photo: string, photoTo: string): Promise<void> {
    const { how: act } = this.request
    if (act !== 'copy' && act !== 'move') return
    const stemTo = withoutExtension(photoTo)
    for (const { name, ending } of (await this.folderOf(photo)).companions.of(path.basename(photo))) {
      const from = path.join(path.dirname(photo), name)
      const to = stemTo + ending
      const there = this.along.get(from)
      if (there === to || (act === 'move' && there !== undefined)) continue
      const facts = await this.files.facts(from)
      if (facts?.kind !== 'file') continue
      if (await this.taken.holderOf(to)) {
        this.left.push({ file: from, ...reasonOf(new ThawError('filing.taken', { file: to })) })
        continue
      }
      this.taken.take(to, from)
      this.along.set(from, to)
      await this.push({ act, from, to, renamed: false, sidecar: true }, facts)
    }
  }

  /** What is in a photo's folder, looked at once for all photos in it. */
  private folderOf(photo: string): Promise<PhotosFolder> {
    const folder = path.dirname(photo)
    const known = this.folders.get(folder)
    if (known) return known
    const recorded = this.request.exported !== true
    const listed = this.files
      .list(folder)
      .then((all) => ({ names: new Set(all), companions: new Companions(all, { recorded }) }))
    this.folders.set(folder, listed)
    return listed
  }

  private async setAside(file: string, facts: FileFacts): Promise<void> {
    const to = path.join(this.places.aside, `${this.acts.length}${path.extname(file)}`)
    await this.push({ act: 'set-aside', from: file, to, renamed: false }, facts)
  }

  private async freeName(file: string, facts: FileFacts, wanted: string): Promise<string> {
    for (let number = 2; ; number += 1) {
      const to = path.join(path.dirname(wanted), numbered(path.basename(wanted), number))
      const holder = await this.taken.holderOf(to)
      if (!holder) return to
      await this.requireOther(file, facts, holder)
    }
  }

  /**
   * Another copy of the same photo would be of no use, whether the first is there or gets there by this list. A link tells of its own
   * photo's place, though, and of a dataset each photo counts.
   * @throws ThawError filing.same-there
   */
  private async requireOther(file: string, { bytes }: FileFacts, holder: Holder): Promise<void> {
    const { how, exported, dataset } = this.request
    if (holder.from !== undefined && (how === 'link' || exported || dataset !== undefined)) return
    const other = holder.from ?? holder.with
    const there = await this.files.facts(other)
    if (there?.kind !== 'file' || there.bytes !== bytes) return
    if ((await this.files.hash(other)) === (await this.files.hash(file)))
      throw new ThawError('filing.same-there', { file, other })
  }
}

/** The folder of a photo that this folder is, or lies in. */
function photosAround(folder: string, photos: readonly AnsweredPhoto[]): string | null {
  const above = new Set(photos.map(({ file }) => path.dirname(file)))
  for (let at = folder; ; at = path.dirname(at)) {
    if (above.has(at)) return at
    if (at === path.dirname(at)) return null
  }
}

/**
 * The list of everything that filing these photos would do; nothing is done. A photo that cannot be filed is left, with the reason.
 * @param at its id, the folder into which files are set aside that a person lets photos replace, and folders where no photo may go
 * @throws ThawError filing.own-folder, filing.pattern-place, filing.pattern-path, filing.pattern-name, keywords.no-prefix, output.unwritable,
 * disk.read-only; errors of node:fs
 */
export async function planFiling(
  files: FileLayer,
  { id, aside, own: ownFolders }: { id: string; aside: string; own: readonly string[] },
  request: FilingRequest,
  onProgress: (done: number) => void = () => undefined,
): Promise<FilingPlan> {
  const { how, pattern, photos } = request
  const isPlaced = !isTagging(how)
  if (how === 'untag' && !request.prefix?.length) throw new ThawError('keywords.no-prefix')
  if (isPlaced) requirePattern(pattern)
  const target = isPlaced ? await realFolder(path.resolve(request.target)) : request.target
  // Of a sample set, which lies in a folder of Thaw's own, labels may become folders as of any dataset.
  const own = new OwnFolders(request.dataset === undefined ? ownFolders : [])
  if (isPlaced) await own.requireOutside(target)
  const { folder, facts } = await nearest(files, isPlaced ? target : path.dirname(photos[0]?.file ?? target))
  if (isPlaced)
    await files.requireWritable(folder).catch((error: unknown) => {
      throw unwritable(error, folder)
    })
  const keywords = exiftoolWriter()
  const keepsAttributes = await files.keepsAttributes(folder)
  const places = { target, device: facts.device, keepsAttributes, aside, own }
  const planner = new Planner(files, request, places, keywords)
  try {
    const seen = new Set<string>()
    for (const [done, photo] of photos.entries()) {
      // Named twice, as a folder and by itself say, it is one photo all the same.
      if (!seen.has(photo.file)) await planner.add(photo)
      seen.add(photo.file)
      onProgress(done + 1)
    }
  } finally {
    await keywords.close()
  }
  const { acts, left, needs } = planner
  const free = await files.free(folder)
  const inside = isPlaced ? photosAround(target, photos) : null
  const created = new Date().toISOString()
  return {
    ...{ format: 1, id, created, how, target, pattern, acts, left, needs, free, inside },
    ...(request.dataset !== undefined && { dataset: request.dataset }),
  }
}
