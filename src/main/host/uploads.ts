import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { UploadedFile } from '../../shared/contract.ts'
import { ThawError } from '../../shared/errors.ts'

/** One photo: more than any camera makes. A weight file is picked on the disk of the machine, not sent. */
export const largestUpload = 512 * 2 ** 20

const batchForm = /^[\w-]{1,64}$/
/** Names that Windows keeps for devices, whatever their extension. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

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
    !deviceName.test(part)
  )
}

/** Where a sent file goes: a relative path of plain names below the batch's folder. @throws ThawError rpc.invalid */
export function uploadPlace(home: string, batch: string, name: string): { folder: string; file: string } {
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
}

/** A name in this folder that is free: a second `a.jpg` becomes `a (2).jpg`. */
async function freeName(file: string): Promise<string> {
  const { dir, name, ext } = path.parse(file)
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? file : path.join(dir, `${name} (${number})${ext}`)
    if ((await stat(candidate).catch(() => undefined)) === undefined) return candidate
  }
}

const full = ['ENOSPC', 'EDQUOT', 'EFBIG']
const closed = ['EACCES', 'EPERM', 'EROFS']

/** What a failed write means to a person. */
function writeFailure(error: unknown, home: string, name: string): unknown {
  const code = String((error as { code?: unknown } | null)?.code)
  if (full.includes(code)) return new ThawError('disk.full', { file: name })
  if (!closed.includes(code)) return error
  return new ThawError('output.unwritable', { folder: home, reason: 'permission denied' })
}

async function writeBody(file: string, body: Upload['body']): Promise<number> {
  const handle = await open(file, 'wx', 0o600)
  let bytes = 0
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length
      if (bytes > largestUpload)
        throw new ThawError('upload.too-large', { limit: `${largestUpload / 2 ** 20} MB` })
      await handle.writeFile(chunk)
    }
    return bytes
  } finally {
    await handle.close()
  }
}

let uploads = 0

/**
 * Streams a dropped or pasted file into `<home>/uploads/<batch>`. It is only ever read as data; whether it is a photo shows when
 * it is scanned.
 * @throws ThawError `rpc.invalid`, `upload.too-large`, `disk.full`, `output.unwritable`
 */
export async function receiveUpload(home: string, { batch, name, body }: Upload): Promise<UploadedFile> {
  const { folder, file } = uploadPlace(home, batch, name)
  uploads += 1
  const temporary = path.join(folder, `.${process.pid}-${uploads}.part`)
  try {
    await mkdir(path.dirname(file), { recursive: true })
    const bytes = await writeBody(temporary, body)
    const target = await freeName(file)
    await rename(temporary, target)
    return { file: target, folder, bytes }
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw writeFailure(error, home, name)
  }
}
