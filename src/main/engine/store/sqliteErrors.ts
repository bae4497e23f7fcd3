import { accessSync, constants, statfsSync } from 'node:fs'
import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import type { ReasonCode } from '../../../shared/reasons.ts'
import { systemCode } from '../files.ts'

/** SQLite's primary result codes (sqlite.org/rescode.html). */
export const corrupt = 11
const codes = { busy: 5, readOnly: 8, input: 10, full: 13, cannotOpen: 14, notADatabase: 26 }

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 255 : undefined
}

/** The file is broken, or was never a database. */
export function isBroken(error: unknown): boolean {
  const code = codeOf(error)
  return code === corrupt || code === codes.notADatabase
}

/** SQLite does not tell a read-only disk from a file without the right to write; the system does. */
function readOnlyDisk(cause: unknown, file: string): unknown {
  const folder = path.dirname(file)
  try {
    accessSync(folder, constants.W_OK)
    return undefined
  } catch (error) {
    return systemCode(error) === 'EROFS' ? new ThawError('disk.read-only', { folder }, { cause }) : undefined
  }
}

/** Where there is no room for the memory that connections share, SQLite calls that a failed read or write. */
function isFullThere(file: string): boolean {
  try {
    return statfsSync(path.dirname(file)).bavail === 0
  } catch {
    return false
  }
}

/** Another connection has what this one wants. */
export const isBusy = (error: unknown): boolean => codeOf(error) === codes.busy

/** What a failure of the catalogue's means to a person. */
export const catalogueError = (error: unknown, file: string): unknown =>
  databaseError(error, file, 'the-catalogue')

/**
 * What a failure of SQLite's means to a person; every other error comes back as it is.
 * @param what the database is to them
 */
export function databaseError(error: unknown, file: string, what: ReasonCode): unknown {
  const unwritable = (reason: ReasonCode) =>
    new ThawError('output.unwritable', { folder: path.dirname(file), reason }, { cause: error })
  switch (codeOf(error)) {
    case codes.full:
      return new ThawError('disk.full', { file }, { cause: error })
    case codes.busy:
      return new ThawError('busy', { what }, { cause: error })
    case codes.readOnly:
      return readOnlyDisk(error, file) ?? unwritable('read-only')
    case codes.cannotOpen:
      return readOnlyDisk(error, file) ?? unwritable('cannot-open')
    case codes.input:
      return isFullThere(file)
        ? new ThawError('disk.full', { file }, { cause: error })
        : unwritable('no-answer')
    default:
      return error
  }
}
