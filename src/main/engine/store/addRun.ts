import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Id } from '../../../shared/api/call.ts'
import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import { exists, isWithin, linkOrCopy, makeFolder, temporaryFor, writeError } from '../files.ts'
import { bytesIn, freeFolder, lockOf, readRecord, recordFile, runFolders, trainedBy } from './runFolder.ts'

export interface Adding {
  signal: AbortSignal
  /** Bytes that are copied so far, of all. */
  onProgress: (bytes: { received: number; total: number }) => void
}

/**
 * Files of a run, from its folder.
 * @throws ThawError run.damaged where one is a link: it could lead to anything here, and without it the run would not be whole
 */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const link = entries.find((entry) => entry.isSymbolicLink())
  if (link) {
    const file = path.relative(folder, path.join(link.parentPath, link.name))
    throw new ThawError('run.damaged', { folder, ...because('is-link', { file }) })
  }
  const lock = path.basename(lockOf(folder))
  return entries
    .filter((entry) => entry.isFile() && entry.name !== lock && !entry.name.startsWith(`${lock}.sqlite`))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
}

/** Whether something is neither a file nor a link nor absent. */
const isSpecial = (file: string): Promise<boolean> =>
  stat(file).then(
    (it) => !it.isFile(),
    () => false,
  )

/** Copies a file onto the disk piece by piece, so that a large one tells how far it is and can be called off. @param told bytes of each piece */
async function copy(
  from: string,
  to: string,
  signal: AbortSignal,
  told: (bytes: number) => void,
): Promise<void> {
  const counting = new Transform({
    transform(piece: Buffer, _, done) {
      told(piece.length)
      done(null, piece)
    },
  })
  await pipeline(createReadStream(from), counting, createWriteStream(to, { flush: true }), { signal })
}

/**
 * Copies a run's folder into `runs`, whole or not at all; the given one stays as it is.
 * @returns the folder of the copy; where it already lies in `runs`, that folder itself
 * @throws ThawError run.missing, run.damaged, run.present, busy while it is trained, disk.full, output.unwritable, cancelled
 */
export async function addRun(runs: string, folder: string, { signal, onProgress }: Adding): Promise<string> {
  // Nothing comes of a pipe for as long as nobody writes into it.
  if (await isSpecial(path.join(folder, recordFile)))
    throw new ThawError('run.missing', { run: path.basename(folder) })
  const { id, name } = await readRecord(folder)
  if (!Id.safeParse(id).success)
    throw new ThawError('run.damaged', { folder, ...because('record-wrong', { field: 'id' }) })
  if (isWithin(runs, folder)) return folder
  if (trainedBy(folder) !== undefined) throw new ThawError('busy', { what: 'this-run' })
  for (const one of await runFolders(runs)) {
    const known = await readRecord(one).catch(() => undefined)
    if (known?.id === id) throw new ThawError('run.present', { name: known.name || name })
  }
  const files = await filesOf(folder)
  const total = await bytesIn(folder)
  const target = await freeFolder(runs, id)
  const unfinished = temporaryFor(target)
  try {
    let received = 0
    /** By what the system knows a file: kept epochs share files, and go on sharing them. */
    const copied = new Map<string, string>()
    for (const file of files) {
      signal.throwIfAborted()
      const [from, to] = [path.join(folder, file), path.join(unfinished, file)]
      await makeFolder(path.dirname(to))
      const { dev, ino } = await stat(from)
      const same = copied.get(`${dev} ${ino}`)
      if (same !== undefined) await linkOrCopy(same, to)
      else {
        await copy(from, to, signal, (bytes) => {
          received += bytes
          onProgress({ received: Math.min(received, total), total })
        })
        copied.set(`${dev} ${ino}`, to)
      }
    }
    await rename(unfinished, target).catch(async (error: unknown) => {
      // Somebody else was first with the same run.
      throw (await exists(target))
        ? new ThawError('run.present', { name: name || id }, { cause: error })
        : error
    })
    return target
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (signal.aborted) throw new ThawError('cancelled')
    throw writeError(error, target)
  }
}
