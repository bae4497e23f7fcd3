import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import { systemCode } from '../files.ts'
import type { FileLayer } from './fileLayer.ts'

/** One file on its way, and the name it has until it is whole. */
export interface Transfer {
  from: string
  to: string
  /** Beside `to`: what a copy is written into. */
  part: string
  /** Of the file at `from`. */
  bytes: number
  /** The list has said that the disk may not keep what is stored beside the photo. */
  mayLose: boolean
}

/** Waits for a step that makes something at `to`, where nothing may be. @throws ThawError filing.taken */
export async function unlessTaken(making: Promise<void>, to: string): Promise<void> {
  try {
    await making
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new ThawError('filing.taken', { file: to }, { cause: error })
    throw error
  }
}

/** How a disk refuses what would be stored beside a photo: it knows no such things, has no room for them, or forbids them. */
const refusing = new Set([
  ...['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EACCES', 'EINVAL', 'ENOSPC', 'EDQUOT', 'E2BIG', 'ERANGE'],
])

/** @throws ThawError filing.attributes where something would be lost that the list did not tell of */
async function copyBeside(files: FileLayer, { from, part, mayLose }: Transfer): Promise<void> {
  try {
    await files.copyAttributes(from, part)
  } catch (error) {
    const reason = systemCode(error) ?? ''
    if (!refusing.has(reason)) throw error
    if (!mayLose) throw new ThawError('filing.attributes', { file: from, reason }, { cause: error })
  }
}

/**
 * Copies into the part, compares both by SHA-256 and gives the copy the original's times, permissions and attributes.
 * @returns the SHA-256
 * @throws ThawError filing.copy-differs, filing.attributes
 */
async function copyWhole(files: FileLayer, transfer: Transfer): Promise<string> {
  const { from, part } = transfer
  const about = await files.facts(from)
  if (!about) throw new ThawError('photo.missing', { file: from })
  await files.copy(from, part)
  const hash = await files.hash(from)
  if ((await files.hash(part)) !== hash) throw new ThawError('filing.copy-differs', { file: from })
  await copyBeside(files, transfer)
  await files.setTimes(part, about)
  await files.setMode(part, about.mode)
  return hash
}

/**
 * Copies a file to a name that must be free; it is there whole or not at all.
 * @returns its SHA-256
 * @throws ThawError filing.taken, filing.copy-differs, filing.attributes, photo.missing; errors of node:fs
 */
export async function copyFile(files: FileLayer, transfer: Transfer): Promise<string> {
  await unlessTaken(files.reserve(transfer.to), transfer.to)
  const hash = await copyWhole(files, transfer)
  await files.rename(transfer.part, transfer.to)
  await files.syncFolder(path.dirname(transfer.to))
  return hash
}

/**
 * Moves a file to a name that must be free. On one disk that is a single step; onto another one it is copied, compared, flushed,
 * and only then removed at its old place.
 * @returns its SHA-256 where it was read
 * @throws ThawError filing.taken, filing.copy-differs, filing.attributes, photo.missing; errors of node:fs
 */
export async function moveFile(files: FileLayer, transfer: Transfer): Promise<string | undefined> {
  const { from, to, part } = transfer
  await unlessTaken(files.reserve(to), to)
  let hash: string | undefined
  try {
    await files.rename(from, to)
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error
    hash = await copyWhole(files, transfer)
    await files.rename(part, to)
    await files.syncFolder(path.dirname(to))
    await files.remove(from)
  }
  await files.syncFolder(path.dirname(to))
  await files.syncFolder(path.dirname(from))
  return hash
}

/** What came of a transfer that was cut off: it has happened, or it has not and everything is as before. */
export interface Settled {
  happened: boolean
  hash?: string
}

const removePart = async (files: FileLayer, part: string): Promise<void> => {
  if (await files.facts(part)) await files.remove(part)
}

/** Takes an empty file away that only held the name. @returns what is at `to` after that */
async function removePlaceholder(files: FileLayer, { to, bytes }: Transfer) {
  const there = await files.facts(to)
  if (there?.kind !== 'file' || there.bytes > 0 || bytes === 0) return there
  await files.remove(to)
  return undefined
}

/** Puts in order what a copy left that was cut off at any step. */
export async function settleCopy(files: FileLayer, transfer: Transfer): Promise<Settled> {
  await removePart(files, transfer.part)
  const copy = await removePlaceholder(files, transfer)
  if (copy?.kind !== 'file' || copy.bytes !== transfer.bytes) return { happened: false }
  const hash = await files.hash(transfer.to)
  const original = await files.facts(transfer.from)
  if (original && (await files.hash(transfer.from)) !== hash) return { happened: false }
  return { happened: true, hash }
}

/**
 * Puts in order what a move left that was cut off at any step. Where both places hold the same bytes, it was about to remove the
 * old one.
 * @throws ThawError photo.missing if neither place has it
 */
export async function settleMove(files: FileLayer, transfer: Transfer): Promise<Settled> {
  const { from, to } = transfer
  const original = await files.facts(from)
  if (original) await removePart(files, transfer.part)
  const moved = original ? await removePlaceholder(files, transfer) : await files.facts(to)
  if (!original) {
    if (moved?.kind === 'file' && moved.bytes === transfer.bytes) return { happened: true }
    throw new ThawError('photo.missing', { file: from })
  }
  if (moved?.kind !== 'file' || moved.bytes !== original.bytes) return { happened: false }
  const hash = await files.hash(to)
  if ((await files.hash(from)) !== hash) return { happened: false }
  if (!(await removeOriginal(files, transfer))) return { happened: false }
  await files.syncFolder(path.dirname(from))
  return { happened: true, hash }
}

/** A disk, or a folder, that nothing may be removed from. */
const unremovable = new Set(['EROFS', 'EACCES', 'EPERM'])

/**
 * Removes what was copied whole. Where that is forbidden (a read-only mount) the copy goes instead: the photo stays where it was.
 * @returns whether the photo has moved
 */
async function removeOriginal(files: FileLayer, { from, to }: Transfer): Promise<boolean> {
  try {
    await files.remove(from)
    return true
  } catch (error) {
    if (!unremovable.has(systemCode(error) ?? '')) throw error
    // Some network disks do what they then call forbidden.
    if (!(await files.facts(from))) return true
    await files.remove(to)
    await files.syncFolder(path.dirname(to))
    return false
  }
}
