import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { PhotoBox, Split, UnreadablePhoto } from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { readError } from '../photos/read.ts'
import { isSidecarName, sidecarsOf } from '../photos/sidecars.ts'
import { isArchiveName } from './extensions.ts'
import type { ClassFolder } from './layout.ts'
import { byCodePoint } from './order.ts'
import type { FileState } from './verdicts.ts'
import { findPhotos, listFolder } from './walk.ts'

/** A file named like a photo, before it is known whether it is one. */
export interface Candidate extends FileState {
  class: number | null
  split: Split | undefined
}

/** At the same time: enough to keep a disk busy, far below the limit of open files. */
const statsAtOnce = 64

/** @throws ThawError `dataset.missing`, `dataset.not-a-folder`, `photo.unreadable` */
export async function requireFolder(folder: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) throw new ThawError('dataset.not-a-folder', { folder })
  } catch (error) {
    const reason = readError(error, folder)
    if (reason instanceof ThawError && reason.code === 'photo.missing')
      throw new ThawError('dataset.missing', { folder }, { cause: error })
    throw reason
  }
}

export const unreadable = (file: string, error: ThawError): UnreadablePhoto => ({
  path: file,
  ...plainError(new ThawError(error.code, { ...error.parameters, file })),
})

/** A photo that a folder or a list names, before it was looked at. */
export interface Named {
  path: string
  class: number | null
  split: Split | undefined
  /** What a list says is cut out for the network. */
  crop?: PhotoBox
}

export interface Found {
  named: Named[]
  /** What cannot be looked at. */
  bad: UnreadablePhoto[]
  /** Class folders that hold no photo. */
  empty: string[]
  /** Pictures that are not read as photos. */
  otherPictures: string[]
  /** Archives, which are not opened. */
  archives: string[]
}

/**
 * Sizes and times of these files, some at a time and in their order: of 100,000 files they take seconds, in which the first photos are
 * looked at already.
 */
export async function* statesOf(
  root: string,
  named: readonly Named[],
): AsyncGenerator<{ candidates: Candidate[]; bad: UnreadablePhoto[] }, void, undefined> {
  const sidecars = new Sidecars()
  for (let at = 0; at < named.length; at += statsAtOnce) {
    const candidates: Candidate[] = []
    const bad: UnreadablePhoto[] = []
    const some = named.slice(at, at + statsAtOnce)
    const states = await Promise.all(some.map((one) => stateOf(root, one, sidecars)))
    states.forEach((state, i) => {
      if (state instanceof ThawError) bad.push(unreadable(some[i]!.path, state))
      else candidates.push({ ...some[i]!, ...state })
    })
    yield { candidates, bad }
  }
}

/** When sidecars were changed. Most folders have none: what is in each is read once, instead of asking for two files a photo. */
class Sidecars {
  private readonly folders = new Map<string, Promise<ReadonlySet<string>>>()

  /** Of the sidecar that counts, where there is one. */
  async changed(photo: string): Promise<number | undefined> {
    const names = await this.namesIn(path.dirname(photo))
    const file = sidecarsOf(photo).find((one) => names.has(path.basename(one)))
    if (file === undefined) return undefined
    return stat(file).then(
      ({ mtimeMs }) => Math.round(mtimeMs),
      () => undefined,
    )
  }

  private namesIn(folder: string): Promise<ReadonlySet<string>> {
    const known = this.folders.get(folder)
    if (known) return known
    const names = readdir(folder).then(
      (all) => new Set(all.filter(isSidecarName)),
      () => new Set<string>(),
    )
    this.folders.set(folder, names)
    return names
  }
}

async function stateOf(
  root: string,
  { path: file }: Named,
  sidecars: Sidecars,
): Promise<Pick<Candidate, 'bytes' | 'modified' | 'sidecar'> | ThawError> {
  const photo = path.resolve(root, file)
  try {
    const { size: bytes, mtimeMs } = await stat(photo)
    const sidecar = await sidecars.changed(photo)
    return { bytes, modified: Math.round(mtimeMs), ...(sidecar !== undefined && { sidecar }) }
  } catch (error) {
    const reason = readError(error, file)
    if (!(reason instanceof ThawError)) throw reason
    return reason
  }
}

/** Archives that lie beside class folders: who packs each class by itself has no such folder at all. */
async function archivesBeside(root: string, folders: readonly ClassFolder[]): Promise<Set<string>> {
  const around = new Set(['.', ...folders.map((folder) => path.posix.dirname(folder.path))])
  const found = new Set<string>()
  for (const folder of around) {
    const { files } = await listFolder(path.join(root, folder)).catch(() => ({ files: [] }))
    for (const name of files) if (isArchiveName(name)) found.add(path.posix.join(folder, name))
  }
  return found
}

/** All photos in these folders, by their names alone. @throws ThawError `cancelled` */
export async function namedIn(
  root: string,
  folders: readonly ClassFolder[],
  classes: readonly string[],
  options: { signal?: AbortSignal | undefined },
): Promise<Found> {
  const named: Named[] = []
  const bad: UnreadablePhoto[] = []
  const empty: string[] = []
  const otherPictures: string[] = []
  const archives = await archivesBeside(root, folders)
  for (const folder of folders) {
    const walked = await findPhotos(root, folder.path, { ...options, shallow: folder.shallow })
    otherPictures.push(...walked.otherPictures)
    for (const archive of walked.archives) archives.add(archive)
    bad.push(...walked.unreadable.map((one) => unreadable(one.path, one.error)))
    if (walked.photos.length + walked.unreadable.length === 0) empty.push(folder.path)
    const label = folder.class === undefined ? null : classes.indexOf(folder.class)
    named.push(...walked.photos.map((file) => ({ path: file, class: label, split: folder.split })))
  }
  return {
    ...{ named, bad, empty },
    otherPictures: otherPictures.sort(byCodePoint),
    archives: [...archives].sort(byCodePoint),
  }
}
