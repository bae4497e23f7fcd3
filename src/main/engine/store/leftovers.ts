import type { Dirent } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Folders } from '../../../shared/folders.ts'
import { isWithin, temporaryName } from '../files.ts'
import { isAlive } from '../processes.ts'
import { dataPaths } from './paths.ts'

/** `writeAtomic`'s unfinished files, and thumbnails' (photos/look.ts). */
const unfinished = [temporaryName, /\.(?:webp|jpg)\.(\d+)\.part$/]

/** What thumbnails were called when they were WebP: nothing asks for these any more. */
const isFormerThumbnail = (name: string): boolean => /-\d+\.webp$/.test(name)

/** Whether a name is that of an unfinished file whose process has ended. */
function isLeftOver(name: string): boolean {
  const pid = unfinished.map((form) => form.exec(name)?.[1]).find((found) => found !== undefined)
  return pid !== undefined && !isAlive(Number(pid))
}

/**
 * Removes what writes that were killed have left anywhere in the data folder and the cache folder, archives that were being unpacked
 * and runs that were being copied in too. What a process that runs is writing stays. Thumbnails in a format of former versions go too. Best effort: what cannot be read or
 * removed does no harm.
 * @returns the paths that were removed
 */
export async function removeLeftovers(folders: Folders): Promise<string[]> {
  const { samples, gpu, thumbnails, runs } = dataPaths(folders)
  const removed: string[] = []
  const remove = async (file: string) => {
    await rm(file, { recursive: true, force: true }).catch(() => undefined)
    removed.push(file)
  }
  const visit = async (folder: string): Promise<void> => {
    if (folder === gpu) return
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const file = path.join(folder, entry.name)
      if (folder === samples) {
        // Whole archives of others' files, whatever these are called; of ours is what was not unpacked to its end.
        if (entry.name.startsWith('.unfinished-') && isLeftOver(entry.name)) await remove(file)
      } else if (folder === runs && entry.isDirectory() && isLeftOver(entry.name)) await remove(file)
      else if (entry.isDirectory()) await visit(file)
      else if (isLeftOver(entry.name) || (isWithin(thumbnails, file) && isFormerThumbnail(entry.name)))
        await remove(file)
    }
  }
  for (const folder of new Set([folders.home, folders.cache])) await visit(folder)
  return removed
}
