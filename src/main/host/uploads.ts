import { mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { UploadedFile } from '../../shared/contract.ts'
import { isDeviceName } from '../../shared/deviceName.ts'
import { ThawError } from '../../shared/errors.ts'

/** One photo: more than any camera makes. A weight file is picked on the disk of the machine, not sent. */
export const largestUpload = 512 * 2 ** 20

const batchForm = /^[\w-]{1,64}$/

const refused = (reason: string) => new ThawError('rpc.invalid', { reason })

const hasControls = (text: string) => Buffer.from(text).some((byte) => byte < 32)

/** A name as this machine's disk takes it: what Windows refuses and other systems' photos may hold becomes `_`. */
const keepable = (part: string): string =>
  process.platform === 'win32' ? part.replaceAll(/[:*?"<>|]/g, '_') : part

function isPlainName(part: string): boolean {
  return (
    part !== '' &&
    !part.startsWith('.') &&
    !part.includes('\\') &&
    !hasControls(part) &&
    Buffer.byteLength(part) <= 255 &&
    !isDeviceName(part)
  )
}

/** Where a sent file goes: a relative path of plain names below the batch's folder. @throws ThawError rpc.invalid */
export function uploadPath(home: string, batch: string, name: string): { folder: string; file: string } {
  if (!batchForm.test(batch)) throw refused('the batch is not named by letters, digits, - and _')
  const parts = name.normalize('NFC').split('/').map(keepable)
  if (parts.length > 16 || !parts.every(isPlainName)) throw refused('the file’s name is not a plain one')
  const folder = path.join(home, 'uploads', batch)
  return { folder, file: path.join(folder, ...parts) }
}

export interface Upload {
  batch: string
  /** Relative path, as the person dropped it. */
  name: string
  body: ReadableStream<Uint8Array> | null
  /** Bytes, as its sender declared them. */
  declared?: number | undefined
}

/**
 * Gives a file a name in its folder that is free: a second `a.jpg` becomes `a (2).jpg`. The name is reserved by an empty file first, since
 * two of one name may come at once.
 */
async function takeFreeName(temporary: string, file: string): Promise<string> {
  const { dir, name, ext } = path.parse(file)
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? file : path.join(dir, `${name} (${number})${ext}`)
    try {
      await writeFile(candidate, '', { flag: 'wx', mode: 0o600 })
    } catch (error) {
      // A folder that has the name says so only on some systems.
      if ((await stat(candidate).catch(() => undefined)) === undefined) throw error
      continue
    }
    try {
      await rename(temporary, candidate)
      return candidate
    } catch (error) {
      await rm(candidate, { force: true })
      throw error
    }
  }
}

const full = ['ENOSPC', 'EDQUOT', 'EFBIG']
const closed = ['EACCES', 'EPERM']

/** What a failed write means to a person. */
function writeFailure(error: unknown, home: string, name: string): unknown {
  const code = String((error as { code?: unknown } | null)?.code)
  if (full.includes(code)) return new ThawError('disk.full', { file: name })
  if (code === 'EROFS') return new ThawError('disk.read-only', { folder: home })
  if (!closed.includes(code)) return error
  return new ThawError('output.unwritable', { folder: home, reason: 'permission-denied' })
}

/** What all sent files together may take, and what has to stay free on their disk: bytes, but never more than a part of it. */
export interface UploadLimits {
  /** Bytes of one file. */
  file: number
  files: number
  bytes: number
  free: number
  freeShare: number
}
const usualLimits: UploadLimits = {
  file: largestUpload,
  files: 200_000,
  bytes: 64 * 2 ** 30,
  free: 2 ** 30,
  freeShare: 0.05,
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(2)} GB`
const tooLarge = (limit: number) => new ThawError('upload.too-large', { limit: `${limit / 2 ** 20} MB` })

/** What lies below the folder of uploads, from now and then a look at the disk and what was taken in since. */
interface Taken {
  files: number
  bytes: number
}
/** Milliseconds after which the disk is looked at again: swept files give their place back. */
const lookAgain = 60_000

async function taken(folder: string): Promise<Taken> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const found: Taken = { files: 0, bytes: 0 }
  for (const entry of entries) {
    if (!entry.isFile()) continue
    found.files += 1
    found.bytes += (await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0
  }
  return found
}

/** Takes dropped and pasted files in, within limits. */
export class Uploads {
  private readonly home: string
  private readonly limits: UploadLimits
  private look: { looked: number; found: Promise<Taken> } | undefined
  private count = 0

  constructor(home: string, limits: Partial<UploadLimits> = {}) {
    this.home = home
    this.limits = { ...usualLimits, ...limits }
  }

  /**
   * Streams a file into `<home>/uploads/<batch>`. It is only ever read as data; whether it is a photo shows when it is scanned.
   * `declared`: how long its sender says that it is; what is too long is refused before a byte is read.
   * @throws ThawError `rpc.invalid`, `upload.too-large`, `upload.quota`, `upload.no-space`, `disk.full`, `output.unwritable`
   */
  async receive({ batch, name, body, declared = 0 }: Upload): Promise<UploadedFile> {
    const { folder, file } = uploadPath(this.home, batch, name)
    if (declared > this.limits.file) throw tooLarge(this.limits.file)
    const taken = await this.taken()
    await this.requireRoom(taken, declared)
    const { files } = this.limits
    if (taken.files >= files)
      throw new ThawError('upload.quota', { taken: `${taken.files} files`, limit: `${files} files` })
    // Those that are on their way count: several come at once.
    taken.files += 1
    this.count += 1
    const temporary = path.join(folder, `.${process.pid}-${this.count}.part`)
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      const bytes = await this.write(temporary, body, taken)
      return { file: await takeFreeName(temporary, file), folder, bytes }
    } catch (error) {
      taken.files -= 1
      taken.bytes -= (await stat(temporary).catch(() => undefined))?.size ?? 0
      await rm(temporary, { force: true }).catch(() => undefined)
      throw writeFailure(error, this.home, name)
    }
  }

  /** Removes a batch with all that came of it. @throws ThawError rpc.invalid */
  async forget(batch: string): Promise<void> {
    const { folder } = uploadPath(this.home, batch, 'any')
    await rm(folder, { recursive: true, force: true })
  }

  /** One look serves all that come meanwhile. */
  private taken(): Promise<Taken> {
    if (this.look && performance.now() - this.look.looked < lookAgain) return this.look.found
    this.look = { looked: performance.now(), found: taken(path.join(this.home, 'uploads')) }
    return this.look.found
  }

  private requireBytes({ bytes }: Taken, more: number): void {
    if (bytes + more <= this.limits.bytes) return
    throw new ThawError('upload.quota', { taken: gigabytes(bytes), limit: gigabytes(this.limits.bytes) })
  }

  private async requireRoom(taken: Taken, declared: number): Promise<void> {
    const { free, freeShare } = this.limits
    this.requireBytes(taken, declared)
    // A disk that does not tell how full it is says so when it is.
    const disk = await statfs(this.home).catch(() => undefined)
    if (!disk) return
    const available = disk.bavail * disk.bsize
    if (available - declared < Math.min(free, freeShare * disk.blocks * disk.bsize))
      throw new ThawError('upload.no-space', { available: gigabytes(available) })
  }

  /** @returns the bytes written, which are counted as they come: a sender may tell no length, or a wrong one */
  private async write(file: string, body: Upload['body'], taken: Taken): Promise<number> {
    const handle = await open(file, 'wx', 0o600)
    let bytes = 0
    try {
      for await (const chunk of body ?? []) {
        bytes += chunk.length
        if (bytes > this.limits.file) throw tooLarge(this.limits.file)
        this.requireBytes(taken, chunk.length)
        await handle.writeFile(chunk)
        taken.bytes += chunk.length
      }
      return bytes
    } finally {
      await handle.close()
    }
  }
}
