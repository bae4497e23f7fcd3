import type { Dirent } from 'node:fs'
import { createReadStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Folders } from '../../../shared/folders.ts'
import type { ArchiveCopy } from '../datasets/archiveCopies.ts'
import { archiveCopies, digestOf, keyOf, recordOf } from '../datasets/archiveCopies.ts'
import { Decisions } from '../datasets/decisions.ts'
import { Journal } from '../datasets/journal.ts'
import { exists, isWithin, systemCode, temporaryFor } from '../files.ts'
import { dataPaths } from './paths.ts'
import { recordFile } from './runFolder.ts'

/** So long after its last use a copy stays, milliseconds: a command may be reading it that has written nothing down yet. */
const unusedFor = 24 * 3600_000

/** Files that name no photos, or only where they were before, and may be large. */
const isNoText = (name: string): boolean => /\.(?:safetensors|sqlite.*|pth|part|past)$/.test(name)

async function* filesIn(folder: string, passOver: readonly string[] = []): AsyncGenerator<string> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  for (const entry of entries) {
    const file = path.join(folder, entry.name)
    if (passOver.includes(file)) continue
    if (entry.isDirectory()) yield* filesIn(file, passOver)
    else if (!isNoText(entry.name)) yield file
  }
}

/** Files that may name photos: datasets with their journals, runs, also in the trash, what was classified and filed, jobs, settings. */
async function* whatMayRefer({ home, cache }: Folders): AsyncGenerator<string> {
  const paths = dataPaths({ home, cache })
  const { samples, gpu, weights, uploads, selections } = paths
  for await (const file of filesIn(home, [samples, gpu, weights, uploads, cache])) {
    const isOfRun = isWithin(paths.runs, file) || isWithin(paths.trash, file)
    // Whatever else a run holds goes by the photos that are listed there.
    if (!isOfRun || path.basename(file) === recordFile) yield file
  }
  yield* filesIn(selections)
}

/**
 * What a file says, a piece at a time. Of a dataset's journal its acts with photos where they lie now: where its own folder was
 * before needs no photos, nor does a copy of an archive that was packed again.
 * @throws Error if it cannot be read, or lines of a journal are lost
 */
async function* textsOf(file: string, datasets: string): AsyncGenerator<string> {
  if (path.dirname(file) !== datasets || path.extname(file) !== '.journal') {
    yield* createReadStream(file, { encoding: 'latin1', highWaterMark: 2 ** 20 })
    return
  }
  const { entries, damaged } = await Journal.open(file)
  if (damaged > 0) throw new Error(`Lines of ${file} are lost.`)
  yield JSON.stringify(Decisions.of(entries).all)
}

/** Takes out of `keys` those that some file holds. @throws Error as `textsOf` */
async function dropReferred(keys: Set<string>, folders: Folders): Promise<void> {
  const { datasets } = dataPaths(folders)
  for await (const file of whatMayRefer(folders)) {
    let before = ''
    for await (const piece of textsOf(file, datasets)) {
      // A key may begin in one piece and end in the next.
      const text = before + piece
      for (const key of keys) if (text.includes(key)) keys.delete(key)
      if (keys.size === 0) return
      before = text.slice(-20)
    }
  }
}

/**
 * Whether a copy may go if nothing refers to it: it has not been used for a day, is as it was unpacked, and its archive is there, changed or not.
 * Of one whose archive is gone these may be the last photos, and what was put into it is somebody's.
 */
async function isReplaceable(copy: ArchiveCopy, used: number, place: string): Promise<boolean> {
  if (copy.forGood || Date.now() - used < unusedFor || !(await exists(place))) return false
  const isThere = await stat(copy.archive).then(
    (it) => it.isFile(),
    () => false,
  )
  return isThere && (await digestOf(place)) === copy.digest
}

/**
 * Removes the copies of archives in the data folder that nothing refers to any more, as those of an archive that has changed since: no
 * dataset, no act that could be undone, no run, also none in the trash, no classification, filing or job. In doubt a copy stays.
 * @returns the folders that were removed
 */
export async function removeUnneededCopies(folders: Folders): Promise<string[]> {
  const { samples } = dataPaths(folders)
  const candidates = new Map<string, ArchiveCopy>()
  for (const { copy, used } of await archiveCopies(samples))
    if (await isReplaceable(copy, used, path.join(samples, copy.folder)).catch(() => false))
      candidates.set(keyOf(copy.folder), copy)
  if (candidates.size === 0) return []
  const unneeded = new Set(candidates.keys())
  try {
    await dropReferred(unneeded, folders)
  } catch {
    // What cannot be read may refer to any of them.
    return []
  }
  const removed: string[] = []
  for (const key of unneeded)
    if (await removeCopy(samples, candidates.get(key)!)) removed.push(candidates.get(key)!.folder)
  return removed
}

/** Under a name that says it is not whole first: a process that is killed meanwhile leaves no half copy, see leftovers.ts. */
async function removeCopy(samples: string, { folder }: ArchiveCopy): Promise<boolean> {
  const going = temporaryFor(path.join(samples, `.unfinished-${keyOf(folder)}`))
  const isGone = await rename(path.join(samples, folder), going).then(
    () => true,
    () => false,
  )
  if (!isGone) return false
  await rm(recordOf(samples, folder), { force: true })
  await rm(going, { recursive: true, force: true }).catch(() => undefined)
  return true
}
