import { constants, createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ThawError } from '../../shared/errors.ts'
import type { ReasonCode } from '../../shared/reasons.ts'
import { isAlive } from './processes.ts'

/** Reads and writes of 2 GiB and more fail or come back short in Node, so nothing larger is ever asked for at once. */
const largestTransfer = 2 ** 30

const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const noAccess: Record<string, ReasonCode> = {
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  ENOENT: 'no-folder',
  ENOTDIR: 'path-no-folder',
  EEXIST: 'name-of-file',
  EISDIR: 'name-of-folder',
  ENAMETOOLONG: 'name-too-long',
  ELOOP: 'circular-links',
}

/** Whether a place is a folder or lies somewhere in it, by their paths alone. */
export function isWithin(folder: string, place: string): boolean {
  const way = path.relative(folder, place)
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)
}

/** The way from a folder to a file, with `/`; absolute where none leads from one to the other, as between disks of Windows. */
export const pathFrom = (folder: string, file: string): string =>
  path.relative(folder, file).split(path.sep).join('/')

/**
 * What a person typed where a full path is needed: a window has no folder that others could begin from.
 * @throws ThawError `path.relative`
 */
export function requireFullPath(typed: string): string {
  if (!path.isAbsolute(typed)) throw new ThawError('path.relative', { path: typed })
  return typed
}

/** The error code of a failed system call ("ENOSPC"), or undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Opens for reading, without waiting for whoever may write into a named pipe: its `stat` then says that it is no file. */
export const openToRead = (file: string): Promise<FileHandle> =>
  open(file, constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK))

/**
 * Whether a path was read from a name that is not UTF-8, as Linux allows: what could not be read of it became U+FFFD, and a file that
 * is not found by such a path is most likely there under its real bytes.
 */
export const isMisnamed = (file: string): boolean => file.includes('\uFFFD')

/** What a file is called that cannot be understood and is kept out of the way. */
export const brokenName = (file: string): string =>
  `${file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`

export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

/** Bytes of a file; undefined if it is not there. */
export const bytesOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ size }) => size,
    () => undefined,
  )

/** Whether a system call failed for want of room. */
export const isFull = (error: unknown): boolean => fullDisk.has(systemCode(error) ?? '')

/** What a failed write means to a person; errors that are not about disks and permissions come back as they are. */
export function writeError(error: unknown, file: string): unknown {
  const code = systemCode(error) ?? ''
  if (isFull(error)) return new ThawError('disk.full', { file }, { cause: error })
  if (code === 'EROFS')
    return new ThawError('disk.read-only', { folder: path.dirname(file) }, { cause: error })
  const reason = noAccess[code]
  return reason === undefined
    ? error
    : new ThawError('output.unwritable', { folder: path.dirname(file), reason }, { cause: error })
}

/** The uppermost folder on the way to this one that is not there yet. */
async function firstMissing(folder: string): Promise<string> {
  const above = path.dirname(folder)
  return above === folder || (await exists(above)) ? folder : firstMissing(above)
}

/**
 * Makes a folder and those above it, unless it is there.
 * @param make for tests
 * @throws ThawError `disk.full`, `disk.read-only`, `output.unwritable`
 */
export async function makeFolder(folder: string, make: typeof mkdir = mkdir): Promise<void> {
  try {
    await make(folder, { recursive: true })
  } catch (error) {
    // On a disk that can only be read, Node's recursive way answers that the folder is missing; a single step tells the truth.
    const reason = systemCode(error) === 'ENOENT' ? await reasonOfStep(folder, make) : undefined
    throw writeError(reason ?? error, folder)
  }
}

const reasonOfStep = async (folder: string, make: typeof mkdir): Promise<unknown> =>
  make(await firstMissing(folder)).then(
    () => undefined,
    (error: unknown) => error,
  )

/** Appends all of `bytes` at the handle's position. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(largestTransfer, bytes.length - at))
    at += bytesWritten
  }
}

/**
 * Fills `target` from the file at `position`.
 * @returns the bytes read: fewer than asked for only where the file ends.
 */
export async function readFully(handle: FileHandle, target: Uint8Array, position: number): Promise<number> {
  let at = 0
  while (at < target.length) {
    const length = Math.min(largestTransfer, target.length - at)
    const { bytesRead } = await handle.read(target, at, length, position + at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return at
}

/** Makes a rename in this folder survive a power cut. Windows cannot open folders and needs no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Names of `writeAtomic`'s siblings: the process that writes, and its count. Until November 2026 they did not name Thaw. */
export const temporaryName = /\.(?:thaw-)?(\d+)-\d+\.tmp$/

let temporaries = 0
/** A name for what is not whole yet, beside where it will lie: it says whose it is, so that what a killed process left can go. */
export const temporaryFor = (file: string): string => {
  temporaries += 1
  return `${file}.thaw-${process.pid}-${temporaries}.tmp`
}

/** Removes what writes that were killed left in a folder nobody else writes into. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names)
    if (temporaryName.test(name)) await rm(path.join(folder, name), { force: true }).catch(() => undefined)
}

/** Folders that this process has written into: what others left there is gone. */
const tidied = new Set<string>()

/**
 * Before the first write into a folder, removes what writes of Thaw that were killed have left there, also in a person's own folder, which
 * no start goes through. Only what says by its name that it is ours, and whose process has ended.
 */
async function tidy(folder: string): Promise<void> {
  if (tidied.has(folder)) return
  tidied.add(folder)
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = name.includes('.thaw-') ? temporaryName.exec(name)?.[1] : undefined
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(path.join(folder, name), { force: true }).catch(() => undefined)
  }
}

/** How long a virus scanner or an indexer may hold a file on Windows, milliseconds between tries. */
const renamePauses = [10, 40, 160, 640, 1000]

/**
 * Renames over what is there. Windows refuses while anybody has one of the two open, which passes.
 * @param move for tests
 */
export async function renameOver(
  from: string,
  to: string,
  { platform = process.platform, move = rename } = {},
): Promise<void> {
  for (const pause of platform === 'win32' ? renamePauses : [])
    try {
      await move(from, to)
      return
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '')) throw error
      await setTimeout(pause)
    }
  await move(from, to)
}

/**
 * Gives a file a second name, or makes a copy where the disk knows no links. Only for files that every writer replaces and never
 * changes, so that the two names cannot disturb each other. What was at `to` is replaced.
 * @throws ThawError disk.full, output.unwritable
 */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  // Named like other unfinished files, so that it is found if the process ends here.
  const temporary = temporaryFor(to)
  try {
    await link(from, temporary)
    await renameOver(temporary, to)
  } catch {
    await writeAtomic(to, createReadStream(from, { highWaterMark: 2 ** 20 }))
  } finally {
    // Renaming a link over another one of the same file does nothing, and leaves it there.
    await rm(temporary, { force: true })
  }
}

/**
 * Writes a file whole or not at all: into a sibling, flushed to the disk, then renamed over `file`. Whatever was there before
 * stays until that moment, also when the disk fills up or the process is killed. What a killed one left goes with the next write there.
 * @param options.flush false for what can be made again: nobody waits for the disk, and a power cut may leave an empty file
 * @throws ThawError `disk.full`, `output.unwritable`, and whatever the chunks' source throws
 */
export async function writeAtomic(
  file: string,
  chunks: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  const temporary = temporaryFor(file)
  await tidy(path.dirname(file))
  let handle: FileHandle | undefined
  try {
    handle = await open(temporary, 'wx')
    // The next chunk is made while one is written.
    let writing: Promise<void> | undefined
    try {
      for await (const chunk of chunks) {
        await writing
        writing = writeFully(handle, typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
        // It is awaited below, but may fail before that.
        writing.catch(() => undefined)
      }
    } finally {
      await writing
    }
    if (flush) await handle.sync()
    await handle.close()
    handle = undefined
    await renameOver(temporary, file)
    if (flush) await syncFolder(path.dirname(file))
  } catch (error) {
    // Cleaning up must not hide the reason: on a dying disk these two fail as well.
    await handle?.close().catch(() => undefined)
    await rm(temporary, { force: true }).catch(() => undefined)
    throw writeError(error, file)
  }
}
