import path from 'node:path'
import { realpath } from 'node:fs/promises'
import { z } from 'zod'
import { How } from '../../../shared/api/filing.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { isMisnamed, systemCode, writeError } from '../files.ts'
import type { FileFacts, FileLayer } from './fileLayer.ts'
import { keywordsFileOf, safeKeyword } from './keywords.ts'
import { numbered, sameOnSomeDisk } from './names.ts'
import { fillPattern, requirePattern } from './pattern.ts'

/** What is done to one photo. */
export const Act = z.strictObject({
  act: How,
  from: z.string(),
  /** Where it will be; for keywords the file that they are written into. */
  to: z.string(),
  /** Of the photo when the list was made: if they differ later, the act is not done. */
  bytes: z.number(),
  modified: z.number(),
  /** Its name was taken, so it gets a number. */
  renamed: z.boolean(),
  /** For keywords: what is added. */
  keyword: z.array(z.string()).optional(),
})
export type Act = z.infer<typeof Act>

/** Everything that a filing would do, made before anything is done. */
export const FilingPlan = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  /** ISO 8601, UTC. */
  created: z.string(),
  how: How,
  target: z.string(),
  pattern: z.string(),
  acts: z.array(Act),
  /** Photos that stay where they are, and why. */
  left: z.array(z.strictObject({ file: z.string(), code: z.string(), message: z.string() })),
  /** Bytes that it takes on the target's disk, and that were free there. */
  needs: z.number(),
  free: z.number(),
})
export type FilingPlan = z.infer<typeof FilingPlan>

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
  /** What all keywords lie under, `Thaw` say, so that they can be found again; empty: nothing. */
  prefix?: readonly string[]
  /** The day a photo was taken, `2026-11-25`; asked only where the pattern needs it. */
  dayOf: (file: string) => Promise<string>
}

/** The real place of a folder that may not exist yet. @throws ThawError output.unwritable, path.misnamed */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    const above = path.dirname(folder)
    if (isMisnamed(path.basename(folder)))
      throw new ThawError('path.misnamed', { file: folder }, { cause: error })
    if (systemCode(error) !== 'ENOENT' || above === folder) throw writeError(error, path.join(folder, '_'))
    return path.join(await realFolder(above), path.basename(folder))
  }
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

/** Which names below the target are taken: on the disk, or by the plan itself. */
class TakenNames {
  private readonly files: FileLayer
  private readonly planned = new Set<string>()
  private readonly folders = new Map<string, Set<string>>()

  constructor(files: FileLayer) {
    this.files = files
  }

  async has(file: string): Promise<boolean> {
    const folder = path.dirname(file)
    let names = this.folders.get(folder)
    if (!names) {
      names = new Set((await this.files.list(folder)).map(sameOnSomeDisk))
      this.folders.set(folder, names)
    }
    return names.has(sameOnSomeDisk(path.basename(file))) || this.planned.has(sameOnSomeDisk(file))
  }

  take(file: string): void {
    this.planned.add(sameOnSomeDisk(file))
  }
}

/** Builds the list, photo by photo. */
class Planner {
  readonly acts: Act[] = []
  readonly left: FilingPlan['left'] = []
  needs = 0
  private readonly files: FileLayer
  private readonly request: FilingRequest
  private readonly target: string
  private readonly device: number
  private readonly taken: TakenNames

  constructor(files: FileLayer, request: FilingRequest, target: string, device: number) {
    this.files = files
    this.request = request
    this.target = target
    this.device = device
    this.taken = new TakenNames(files)
  }

  async add(photo: AnsweredPhoto): Promise<void> {
    try {
      const facts = await this.files.facts(photo.file)
      if (!facts) throw new ThawError('photo.missing', { file: photo.file })
      if (facts.kind !== 'file') throw new ThawError('filing.not-a-file', { file: photo.file })
      const act = this.request.how === 'keywords' ? this.tagging(photo) : await this.placing(photo, facts)
      this.acts.push({ ...act, bytes: facts.bytes, modified: facts.modified })
      if (act.act === 'copy' || (act.act === 'move' && facts.device !== this.device))
        this.needs += facts.bytes
    } catch (error) {
      if (!(error instanceof ThawError)) throw error
      const { code, message } = plainError(error)
      this.left.push({ file: photo.file, code, message })
    }
  }

  private tagging({ file, class: name, group }: AnsweredPhoto) {
    const keyword = [...(this.request.prefix ?? []), ...(group === undefined ? [] : [group]), name].map(
      safeKeyword,
    )
    return { act: 'keywords' as const, from: file, to: keywordsFileOf(file), renamed: false, keyword }
  }

  private async placing({ file, class: name, group = name }: AnsweredPhoto, facts: FileFacts) {
    const { how, pattern, clash, dayOf } = this.request
    const date = pattern.includes('{date}') ? await dayOf(file) : ''
    const values = { class: name, group, date, name: path.basename(file) }
    const wanted = path.join(this.target, ...fillPattern(pattern, values).split('/'))
    if (wanted === file) throw new ThawError('filing.there-already', { file })
    let to = wanted
    for (let number = 2; await this.taken.has(to); number += 1) {
      if (await this.isSame(file, facts, to)) throw new ThawError('filing.same-there', { file, other: to })
      if (clash === 'skip') throw new ThawError('filing.taken', { file: to })
      to = path.join(path.dirname(wanted), numbered(path.basename(wanted), number))
    }
    this.taken.take(to)
    return { act: how, from: file, to, renamed: to !== wanted }
  }

  /** Whether the same photo is at the place already, so that another copy would be of no use. */
  private async isSame(file: string, { bytes }: FileFacts, other: string): Promise<boolean> {
    const there = await this.files.facts(other)
    if (there?.kind !== 'file' || there.bytes !== bytes) return false
    return (await this.files.hash(other)) === (await this.files.hash(file))
  }
}

/**
 * The list of everything that filing these photos would do; nothing is done. A photo that cannot be filed is left, with the reason.
 * @throws ThawError filing.pattern-place, filing.pattern-path, filing.pattern-name, output.unwritable; errors of node:fs
 */
export async function planFiling(
  files: FileLayer,
  id: string,
  request: FilingRequest,
  onProgress: (done: number) => void = () => undefined,
): Promise<FilingPlan> {
  const { how, pattern, photos } = request
  if (how !== 'keywords') requirePattern(pattern)
  const target = how === 'keywords' ? request.target : await realFolder(path.resolve(request.target))
  const { folder, facts } = await nearest(
    files,
    how === 'keywords' ? path.dirname(photos[0]?.file ?? target) : target,
  )
  const planner = new Planner(files, request, target, facts.device)
  for (const [done, photo] of photos.entries()) {
    await planner.add(photo)
    onProgress(done + 1)
  }
  const { acts, left, needs } = planner
  const free = await files.free(folder)
  return { format: 1, id, created: new Date().toISOString(), how, target, pattern, acts, left, needs, free }
}
