import path from 'node:path'
import { pathFrom } from '../files.ts'
import type { ActEntry, JournalEntry } from './journal.ts'

/** Whether a photo lies outside its dataset's folder: one of a further source, or that a list names. */
export const isOutside = (photo: string): boolean => photo.startsWith('../') || path.isAbsolute(photo)

/**
 * A photo of a dataset whose folder was `from` as it reads now that the folder is `to`: those outside it have stayed where they were, so
 * the way to them is another one.
 */
export const relocatedPath = (photo: string, { from, to }: { from: string; to: string }): string =>
  isOutside(photo) ? pathFrom(to, path.resolve(from, photo)) : photo

/** An entry with its photos' paths as they read now. */
export function withPaths(entry: JournalEntry, pathNow: (photo: string) => string): JournalEntry {
  if (entry.kind !== 'act') return entry
  const act: ActEntry['act'] =
    entry.act.type === 'moved' ? { ...entry.act, to: entry.act.to.map(pathNow) } : entry.act
  return { ...entry, act, photos: entry.photos.map(pathNow) }
}
