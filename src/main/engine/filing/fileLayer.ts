import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import {
  access,
  chmod,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rmdir,
  statfs,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises'
import { systemCode } from '../files.ts'
import { attributesOf, copyAttributes, keepsAttributes } from './attributes.ts'

/** What is at a path; a symbolic link is itself, not what it points to. */
export interface FileFacts {
  kind: 'file' | 'folder' | 'link' | 'other'
  bytes: number
  /** Milliseconds since 1970. */
  modified: number
  accessed: number
  /** Permission bits. */
  mode: number
  /** The disk it lies on. */
  device: number
}

/**
 * Everything that filing does to a disk, each a single step that happens or does not (a copy may stay half-done). All of it goes
 * through one object, so that tests can let any step fail, or end the process in it. Errors are those of node:fs.
 */
export interface FileLayer {
  /** undefined if nothing is there. */
  facts: (file: string) => Promise<FileFacts | undefined>
  /** Makes an empty file, on the disk when it returns. EEXIST if there is something. */
  reserve: (file: string) => Promise<void>
  /** Copies the contents into a file that must not exist, flushed to the disk. */
  copy: (from: string, to: string) => Promise<void>
  /** Replaces what is at `to`. */
  rename: (from: string, to: string) => Promise<void>
  remove: (file: string) => Promise<void>
  /** A symbolic link at `link`, which must not exist. */
  link: (target: string, link: string) => Promise<void>
  linkTarget: (link: string) => Promise<string>
  /** EEXIST if it is there already. */
  makeFolder: (folder: string) => Promise<void>
  /** ENOTEMPTY if something is in it. */
  removeFolder: (folder: string) => Promise<void>
  setTimes: (file: string, facts: Pick<FileFacts, 'accessed' | 'modified'>) => Promise<void>
  setMode: (file: string, mode: number) => Promise<void>
  /** Names of what the system stores beside a photo: a file manager's tags, access lists. */
  attributes: (file: string) => Promise<string[]>
  /** Copies these, as many as the disk takes; then fails if it refused one. */
  copyAttributes: (from: string, to: string) => Promise<void>
  /** Whether it is certain beforehand that the disk of this folder takes them. */
  keepsAttributes: (folder: string) => Promise<boolean>
  /** SHA-256 of its contents, in hex. */
  hash: (file: string) => Promise<string>
  read: (file: string) => Promise<Buffer>
  /** Writes a new file whole, flushed to the disk. */
  write: (file: string, bytes: Uint8Array) => Promise<void>
  /** Appends to a file, which it makes if need be, flushed to the disk. */
  append: (file: string, text: string) => Promise<void>
  /** Makes what another program wrote into this file survive a power cut. */
  sync: (file: string) => Promise<void>
  /** Makes renames and removals in this folder survive a power cut. */
  syncFolder: (folder: string) => Promise<void>
  /** Fails where nothing may be written in this folder: EACCES by permissions, EROFS on a disk that is read-only. */
  requireWritable: (folder: string) => Promise<void>
  /** Names in a folder; none if it is not there. */
  list: (folder: string) => Promise<string[]>
  /** Bytes that may still be written on the disk that holds this folder. */
  free: (folder: string) => Promise<number>
}

const kindOf = (about: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }) =>
  about.isFile() ? 'file' : about.isDirectory() ? 'folder' : about.isSymbolicLink() ? 'link' : 'other'

async function flushed(file: string, flags: string, bytes?: Uint8Array | string): Promise<void> {
  const handle = await open(file, flags)
  try {
    if (bytes !== undefined) await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** As node:fs takes it: seconds, but for a number below 0 it would put the present time, and for a date it does not. */
const timeOf = (milliseconds: number): number | Date =>
  milliseconds < 0 ? new Date(milliseconds) : milliseconds / 1000

/** The disk itself. */
export const disk: FileLayer = {
  facts: async (file) => {
    try {
      const about = await lstat(file)
      return {
        kind: kindOf(about),
        bytes: about.size,
        modified: about.mtimeMs,
        accessed: about.atimeMs,
        mode: about.mode & 0o7777,
        device: about.dev,
      }
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
      throw error
    }
  },
  reserve: (file) => flushed(file, 'wx'),
  copy: async (from, to) => {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    // A read-only photo gives a read-only copy, which could not be opened to be flushed.
    await chmod(to, 0o600)
    await flushed(to, 'r+')
  },
  rename,
  remove: unlink,
  link: (target, link) => symlink(target, link),
  linkTarget: (link) => readlink(link),
  makeFolder: async (folder) => {
    await mkdir(folder)
  },
  removeFolder: rmdir,
  setTimes: (file, { accessed, modified }) => utimes(file, timeOf(accessed), timeOf(modified)),
  setMode: chmod,
  attributes: attributesOf,
  copyAttributes,
  keepsAttributes,
  hash: async (file) => {
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer)
    return hash.digest('hex')
  },
  read: (file) => readFile(file),
  write: (file, bytes) => flushed(file, 'wx', bytes),
  append: (file, text) => flushed(file, 'a', text),
  sync: (file) => flushed(file, 'r+'),
  syncFolder: async (folder) => {
    // Windows cannot open folders and needs no such call.
    if (process.platform !== 'win32') await flushed(folder, 'r')
  },
  requireWritable: (folder) => access(folder, constants.W_OK),
  list: async (folder) => {
    try {
      return await readdir(folder)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return []
      throw error
    }
  },
  free: async (folder) => {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  },
}
