import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import { openToRead, readFully, systemCode } from '../files.ts'

/** Memory for `bytes` bytes, aligned for every element type and not cleared first: the caller fills all of it. */
export function uncleared(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
}

/** A weight file that is open for reading at any place. */
export interface Source {
  path: string
  /** Bytes. */
  size: number
  /** Fills `target` from the file at `offset`. @throws ThawError `weights.truncated` where the file ends before. */
  readInto: (target: Uint8Array, offset: number) => Promise<void>
  read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>
  /** @throws ThawError `weights.changed` where somebody has written to the file since it was opened */
  requireUnchanged: () => Promise<void>
  close: () => Promise<void>
}

/** @throws ThawError `weights.missing`, `weights.unreadable`, `weights.not-weights` (a folder), `weights.empty` */
export async function openSource(path: string): Promise<Source> {
  const handle = await openToRead(path).catch((error: unknown) => {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new ThawError('weights.missing', { file: path })
    throw new ThawError('weights.unreadable', { file: path, reason: code ?? 'unknown' }, { cause: error })
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new ThawError('weights.not-weights', { file: path, reason: 'no-file' })
    if (stats.size === 0) throw new ThawError('weights.empty', { file: path })
    return sourceOf(handle, path, stats)
  } catch (error) {
    await handle.close()
    throw error
  }
}

function sourceOf(handle: FileHandle, path: string, { size, mtimeMs }: Stats): Source {
  const readInto = async (target: Uint8Array, offset: number): Promise<void> => {
    if (offset >= 0 && offset + target.length <= size) {
      const read = await readFully(handle, target, offset).catch((error: unknown) => {
        const reason = systemCode(error) ?? 'unknown'
        throw new ThawError('weights.unreadable', { file: path, reason }, { cause: error })
      })
      if (read === target.length) return
    }
    throw new ThawError('weights.truncated', {
      file: path,
      ...because('bytes-missing', { bytes: offset + target.length - size }),
    })
  }
  return {
    path,
    size,
    readInto,
    read: async (offset, length) => {
      // Checked before memory is asked for: the length may come from a hostile file.
      if (offset + length > size) await readInto(new Uint8Array(1), size)
      const target = uncleared(length)
      await readInto(target, offset)
      return target
    },
    requireUnchanged: async () => {
      const now = await handle.stat()
      if (now.size !== size || now.mtimeMs !== mtimeMs) throw new ThawError('weights.changed', { file: path })
    },
    close: () => handle.close(),
  }
}
