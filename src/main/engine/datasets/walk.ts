import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { readError } from '../photos/read.ts'
import { isArchiveName, isOtherPictureName } from './extensions.ts'
import { isPhotoName } from '../../../shared/photoFiles.ts'
import { byCodePoint } from './order.ts'

/** What systems leave in folders, besides everything that begins with a dot. */
const litter = new Set(['__MACOSX', 'Thumbs.db', 'desktop.ini', '$RECYCLE.BIN', 'System Volume Information'])

const isHidden = (name: string) => name.startsWith('.') || litter.has(name)

async function kindOf(entry: Dirent, file: string): Promise<'folder' | 'file' | 'other'> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other'
  try {
    const target = await stat(file)
    return target.isDirectory() ? 'folder' : target.isFile() ? 'file' : 'other'
  } catch {
    // a link to nowhere: opening it as a photo says so
    return 'file'
  }
}

/** Names in a folder, without what is hidden, sorted by code point. Links count as what they lead to. */
export async function listFolder(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const folders: string[] = []
  const files: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (isHidden(entry.name)) continue
    const kind = await kindOf(entry, path.join(folder, entry.name))
    if (kind === 'folder') folders.push(entry.name)
    if (kind === 'file') files.push(entry.name)
  }
  return { folders: folders.sort(byCodePoint), files: files.sort(byCodePoint) }
}

export interface Walked {
  /** Paths below `folder` of the files named like photos, with `/`. */
  photos: string[]
  /** Paths of pictures that are not read as photos (extensions.ts). */
  otherPictures: string[]
  /** Paths of archives, which are not opened. */
  archives: string[]
  /** Folders that could not be read. */
  unreadable: { path: string; error: ThawError }[]
}

/** The real paths of all folders that a folder lies in. */
async function foldersAround(folder: string): Promise<string[]> {
  const around: string[] = []
  for (let inner = await realpath(folder); path.dirname(inner) !== inner; inner = path.dirname(inner))
    around.push(path.dirname(inner))
  return around
}

/**
 * All photos below `folder`/`below`, at any depth unless `shallow`. A folder that links lead to in a circle, or twice, is read once;
 * a link upwards is not followed, since the photos of all classes lie there.
 * @throws ThawError `cancelled`
 */
export async function findPhotos(
  folder: string,
  below: string,
  options: { signal?: AbortSignal | undefined; shallow?: boolean | undefined },
): Promise<Walked> {
  const found: Walked = { photos: [], otherPictures: [], archives: [], unreadable: [] }
  const seen = new Set(await foldersAround(path.join(folder, below)).catch(() => []))
  const visit = async (relative: string): Promise<void> => {
    if (options.signal?.aborted === true) throw new ThawError('cancelled')
    const absolute = path.join(folder, relative)
    try {
      const real = await realpath(absolute)
      if (seen.has(real)) return
      seen.add(real)
      const { folders, files } = await listFolder(absolute)
      const inside = relative === '' ? '' : `${relative}/`
      for (const name of files) {
        if (isPhotoName(name)) found.photos.push(`${inside}${name}`)
        if (isOtherPictureName(name)) found.otherPictures.push(`${inside}${name}`)
        if (isArchiveName(name)) found.archives.push(`${inside}${name}`)
      }
      if (options.shallow !== true) for (const name of folders) await visit(`${inside}${name}`)
    } catch (error) {
      const reason = readError(error, relative)
      if (!(reason instanceof ThawError) || reason.code === 'cancelled') throw reason
      found.unreadable.push({ path: relative, error: reason })
    }
  }
  await visit(below)
  return found
}

/** An archive that was packed with the folder itself has one folder at its top, and what is meant is in it. */
export async function innerFolder(folder: string): Promise<string> {
  const { folders, files } = await listFolder(folder)
  const [only] = folders
  if (folders.length !== 1 || files.length > 0 || only === undefined) return folder
  const inner = path.join(folder, only)
  return (await listFolder(inner)).folders.length > 0 ? inner : folder
}
