import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { missingPhoto } from '../photos/read.ts'
import { deltaOf, decodeDelta, encodeDelta, restore } from './delta.ts'
import type { Delta } from './delta.ts'
import type { FileFacts, FileLayer } from './fileLayer.ts'
import type { KeywordWriter } from './keywords.ts'
import { exiftoolPartOf } from './keywords.ts'
import type { Act } from './list.ts'
import type { Settled, Transfer } from './transfer.ts'
import { copyFile, moveFile, settleCopy, settleMove, unlessTaken } from './transfer.ts'

/** What an act needs beside itself. */
export interface Tools {
  files: FileLayer
  keywords: KeywordWriter
  /** Names of unfinished files, and of what is kept for the undo. */
  partOf: (file: string) => string
  deltaFile: string
}

/**
 * How one kind of act is done, taken back, and put in order after it was cut off. `do` and `undo` may stop at any step; the
 * settling ones then find out whether it has happened, and leave no half. The checks touch nothing.
 */
export interface Performer {
  /** @throws ThawError filing.changed, photo.missing, filing.last-copy if it cannot be taken back without a loss */
  checkUndo: (act: Act, tools: Tools, hash: string | undefined) => Promise<void>
  /** @returns the SHA-256 of what is at the new place, where it was read */
  do: (act: Act, tools: Tools) => Promise<string | undefined>
  settle: (act: Act, tools: Tools) => Promise<Settled>
  undo: (act: Act, tools: Tools) => Promise<void>
  /** @returns whether it is undone */
  settleUndo: (act: Act, tools: Tools) => Promise<boolean>
}

/** Times as disks keep them differ in their last digits. */
const isSameTime = (a: number, b: number): boolean => Math.abs(a - b) < 2

/** @throws ThawError photo.missing, filing.changed if the photo is not the one that the list was made of */
export async function requireUnchanged(
  files: FileLayer,
  { from: file, bytes, modified }: Act,
): Promise<void> {
  const facts = await files.facts(file)
  if (!facts) throw missingPhoto(file)
  if (facts.kind !== 'file' || facts.bytes !== bytes || !isSameTime(facts.modified, modified))
    throw new ThawError('filing.changed', { file })
}

/**
 * Where the contents were read they decide: some disks keep times to two seconds only.
 * @throws ThawError filing.changed, photo.missing if what was put there has been changed or taken away since
 */
async function requireAsPut(files: FileLayer, act: Act, hash: string | undefined): Promise<void> {
  const { to: file, bytes, modified } = act
  const facts = await files.facts(file)
  if (!facts) throw missingPhoto(file)
  const isSame =
    facts.kind === 'file' &&
    facts.bytes === bytes &&
    (hash === undefined ? isSameTime(facts.modified, modified) : (await files.hash(file)) === hash)
  if (!isSame) throw new ThawError('filing.changed', { file })
}

const transferOf = ({ from, to, bytes, lost }: Act, { partOf }: Tools): Transfer => ({
  ...{ from, to, bytes, part: partOf(to), mayLose: lost !== undefined },
})
const transferBack = ({ from, to, ...act }: Act, tools: Tools): Transfer =>
  transferOf({ ...act, from: to, to: from }, tools)

/**
 * A copy goes only while the photo it was made of is there with the same contents: else it is the last one.
 * @throws ThawError filing.last-copy
 */
async function requireOriginal(files: FileLayer, { from, to, bytes }: Act, hash?: string): Promise<void> {
  const facts = await files.facts(from)
  const isThere =
    facts?.kind === 'file' &&
    facts.bytes === bytes &&
    (await files.hash(from)) === (hash ?? (await files.hash(to)))
  if (!isThere) throw new ThawError('filing.last-copy', { file: to, original: from })
}

const copy: Performer = {
  checkUndo: async (act, { files }, hash) => {
    await requireAsPut(files, act, hash)
    await requireOriginal(files, act, hash)
  },
  do: (act, tools) => copyFile(tools.files, transferOf(act, tools)),
  settle: (act, tools) => settleCopy(tools.files, transferOf(act, tools)),
  undo: async (act, { files }) => {
    await files.remove(act.to)
    await files.syncFolder(path.dirname(act.to))
  },
  settleUndo: async (act, { files }) => (await files.facts(act.to)) === undefined,
}

const move: Performer = {
  checkUndo: (act, { files }, hash) => requireAsPut(files, act, hash),
  do: (act, tools) => moveFile(tools.files, transferOf(act, tools)),
  settle: (act, tools) => settleMove(tools.files, transferOf(act, tools)),
  undo: async (act, tools) => {
    // An emptied folder may have been taken away since.
    await ensureFolder(tools.files, path.dirname(act.from))
    await moveFile(tools.files, transferBack(act, tools))
  },
  settleUndo: async (act, tools) => (await settleMove(tools.files, transferBack(act, tools))).happened,
}

async function ensureFolder(files: FileLayer, folder: string): Promise<void> {
  if (await files.facts(folder)) return
  await ensureFolder(files, path.dirname(folder))
  await files.makeFolder(folder)
  await files.syncFolder(path.dirname(folder))
}

const isOurLink = async (files: FileLayer, { from, to }: Act): Promise<boolean> =>
  (await files.facts(to))?.kind === 'link' && (await files.linkTarget(to)) === from

const link: Performer = {
  checkUndo: async (act, { files }) => {
    if (!(await isOurLink(files, act))) throw new ThawError('filing.changed', { file: act.to })
  },
  do: async (act, { files }) => {
    await unlessTaken(files.link(act.from, act.to), act.to)
    await files.syncFolder(path.dirname(act.to))
    return undefined
  },
  settle: async (act, { files }) => ({ happened: await isOurLink(files, act) }),
  undo: async (act, { files }) => {
    await files.remove(act.to)
    await files.syncFolder(path.dirname(act.to))
  },
  settleUndo: async (act, { files }) => !(await isOurLink(files, act)),
}

/** What a sidecar begins as, where there is none. */
const emptySidecar =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>\n'

const removeIfThere = async (files: FileLayer, file: string): Promise<void> => {
  if (await files.facts(file)) await files.remove(file)
}

/** Takes away what an act that was cut off has left beside its file. */
async function removeParts({ files, partOf }: Tools, { to }: Act): Promise<void> {
  await removeIfThere(files, partOf(to))
  await removeIfThere(files, exiftoolPartOf(partOf(to)))
}

async function readDelta({ files, deltaFile }: Tools): Promise<Delta | undefined> {
  return (await files.facts(deltaFile)) ? decodeDelta(await files.read(deltaFile)) : undefined
}

/** Puts a new version in the place of a file, whole, with its permissions, times and attributes; or there, where no file is yet. */
async function replace(files: FileLayer, part: string, file: string, facts: FileFacts): Promise<void> {
  if (await files.facts(file)) await files.copyAttributes(file, part)
  await files.setTimes(part, facts)
  await files.setMode(part, facts.mode)
  await files.rename(part, file)
  await files.syncFolder(path.dirname(file))
}

/** A failure that names the photo, where ExifTool names the hidden file beside it. */
function naming(photo: string, part: string, error: unknown): unknown {
  if (!(error instanceof ThawError)) return error
  const reason = String(error.parameters['reason'] ?? '').replaceAll(part, photo)
  return new ThawError(error.code, { ...error.parameters, file: photo, reason }, { cause: error })
}

/**
 * A file's keywords are changed beside itself; what its former bytes are is on the disk before the changed one takes its place.
 * @param change what is done to the keywords of a file
 */
const tagging = (
  change: (writer: KeywordWriter, file: string, keyword: readonly string[]) => Promise<unknown>,
): Performer => ({
  checkUndo: async (act, tools) => {
    const delta = await readDelta(tools)
    if (!delta || !(await tools.files.facts(act.to)) || (await tools.files.hash(act.to)) !== delta.after)
      throw new ThawError('filing.changed', { file: act.to })
  },
  do: async (act, tools) => {
    const { files, deltaFile, partOf } = tools
    const photo = await files.facts(act.from)
    if (!photo) throw new ThawError('photo.missing', { file: act.from })
    const facts = await files.facts(act.to)
    const before = facts ? await files.read(act.to) : Buffer.alloc(0)
    const part = partOf(act.to)
    await removeParts(tools, act)
    await files.write(part, facts ? before : Buffer.from(emptySidecar))
    try {
      await change(tools.keywords, part, act.keyword!)
    } catch (error) {
      throw naming(act.to, part, error)
    }
    await files.sync(part)
    const delta = deltaOf(before, await files.read(part))
    await removeIfThere(files, deltaFile)
    await files.write(deltaFile, encodeDelta(delta))
    await replace(files, part, act.to, facts ?? photo)
    return delta.after
  },
  settle: async (act, tools) => {
    await removeParts(tools, act)
    const delta = await readDelta(tools)
    if (!delta || !(await tools.files.facts(act.to))) return { happened: false }
    const hash = await tools.files.hash(act.to)
    // Where the photo had the keyword already, nothing changed, and both are true.
    return hash === delta.after ? { happened: true, hash } : { happened: false }
  },
  undo: async (act, tools) => {
    const { files, partOf } = tools
    const facts = await files.facts(act.to)
    const delta = await readDelta(tools)
    const before = facts && delta && restore(await files.read(act.to), delta)
    if (!before) throw new ThawError('filing.changed', { file: act.to })
    if (before.length === 0) {
      await files.remove(act.to)
      await files.syncFolder(path.dirname(act.to))
      return
    }
    const part = partOf(act.to)
    await removeParts(tools, act)
    await files.write(part, before)
    await replace(files, part, act.to, facts)
  },
  settleUndo: async (act, tools) => {
    await removeParts(tools, act)
    const delta = await readDelta(tools)
    if (!(await tools.files.facts(act.to))) return true
    return (await tools.files.hash(act.to)) === delta?.before
  },
})

export const performers: Record<Act['act'], Performer> = {
  ...{ copy, move, link, 'set-aside': move },
  keywords: tagging((writer, file, keyword) => writer.add(file, keyword)),
  untag: tagging((writer, file, prefix) => writer.remove(file, prefix)),
}
