import { createHash } from 'node:crypto'
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Dataset } from '../../../shared/dataset.ts'
import { plainName } from '../fileName.ts'
import { exists, isWithin, makeFolder, temporaryFor } from '../files.ts'
import { readJson, writeJson } from '../store/jsonFile.ts'
import { unzip } from '../unzip.ts'
import { byCodePoint } from './order.ts'

/** What is known of a copy that Thaw unpacked; when its file was written to last is when the copy was used last. */
const ArchiveCopy = z.strictObject({
  format: z.literal(1),
  /** Absolute path of the archive that it was unpacked from. */
  archive: z.string(),
  /** The copy's name in the folder of samples; its last twelve digits are found nowhere else. */
  folder: z.string(),
  /** Of the files that were unpacked, see {@link digestOf}. */
  digest: z.string(),
  /** Something that Thaw may not find again needs it, as a run that lies outside of the data folder. */
  forGood: z.boolean(),
})
export type ArchiveCopy = z.infer<typeof ArchiveCopy>

/** Where records of copies lie; no archive's copy begins with a dot and has no key. */
export const copyRecords = (samples: string): string => path.join(samples, '.copies')
export const recordOf = (samples: string, folder: string): string =>
  path.join(copyRecords(samples), `${keyOf(folder)}.json`)
/** The part of a copy's name by which texts that refer to it are known. */
export const keyOf = (folder: string): string => folder.slice(-keyLength)
const keyLength = 12

/** Of an archive's name that its folder is called by. */
const mostBytes = 200

/** All files of a folder by path, size and time of the last change: whether one was added, changed or removed since. */
export async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((it) => !it.isDirectory()).map((it) => path.join(it.parentPath, it.name))
  for (const file of files.sort(byCodePoint)) {
    const { size, mtimeMs } = await stat(file)
    hash.update(`${path.relative(folder, file)}\0${size}\0${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/**
 * Unpacks an archive into the data folder, unless it is there: a changed archive is another one.
 * @returns the copy's folder
 * @throws ThawError `archive.damaged`, `cancelled`, `disk.full`
 */
export async function unpacked(
  archive: string,
  samples: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const { size, mtimeMs } = await stat(archive)
  const hash = createHash('sha256').update(`${archive}\0${size}\0${mtimeMs}`)
  const key = hash.digest('hex').slice(0, keyLength)
  const name = path.basename(archive, path.extname(archive))
  // With the key behind it, a name as long as a disk takes would be too long.
  const folder = `${Buffer.byteLength(name) > mostBytes ? plainName(name) : name}-${key}`
  const place = path.join(samples, folder)
  // Before it is looked for: from now on it counts as used.
  await utimes(recordOf(samples, folder), new Date(), new Date()).catch(() => undefined)
  if (await exists(place)) return place
  const unfinished = temporaryFor(path.join(samples, `.unfinished-${key}`))
  await makeFolder(unfinished)
  try {
    await unzip(archive, unfinished, signal)
    const digest = await digestOf(unfinished)
    const record: ArchiveCopy = { format: 1, archive, folder, digest, forGood: false }
    await writeJson(recordOf(samples, folder), record)
    await rename(unfinished, place).catch(async (error: unknown) => {
      // Another scan of the same archive was first.
      if (!(await exists(place))) throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return place
}

interface KnownCopy {
  copy: ArchiveCopy
  /** As `Date.now()`. */
  used: number
}

/** Copies that Thaw unpacked, with the time when each was used last. Of those of former versions nothing is known. */
export async function archiveCopies(samples: string): Promise<KnownCopy[]> {
  const records = copyRecords(samples)
  const copies: KnownCopy[] = []
  for (const name of await readdir(records).catch(() => [])) {
    const file = path.join(records, name)
    const copy = await readJson(file, ArchiveCopy)
    if (copy) copies.push({ copy, used: (await stat(file)).mtimeMs })
  }
  return copies
}

/** Keeps the copies that a dataset's photos lie in for good: what lies outside of the data folder is about to need them. */
export async function keepCopiesOf(
  { folder, photos }: Pick<Dataset, 'folder' | 'photos'>,
  samples: string,
): Promise<void> {
  for (const { copy } of await archiveCopies(samples)) {
    const place = path.join(samples, copy.folder)
    const holds =
      isWithin(place, folder) || photos.some((photo) => isWithin(place, path.resolve(folder, photo.path)))
    if (holds) await writeJson(recordOf(samples, copy.folder), { ...copy, forGood: true })
  }
}
