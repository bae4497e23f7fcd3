import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type {
  Dataset,
  ScannedDataset,
  ScannedPhoto,
  Split,
  UnreadablePhoto,
} from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { readError } from '../photos/read.ts'
import { PhotoPool } from '../preprocess/workers/pool.ts'
import { inOrder, trainable, undecided } from './browse.ts'
import type { ClassFolder } from './layout.ts'
import { layoutOf } from './layout.ts'
import { byCodePoint } from './order.ts'
import { resplit } from './resplit.ts'
import type { FileState, Verdict } from './verdicts.ts'
import { isLasting, Verdicts } from './verdicts.ts'
import { findPhotos } from './walk.ts'

export interface ScanOptions {
  /** Reads GIFs too, their first picture. */
  gif?: boolean | undefined
  /** Decides the split where the folder does not. */
  seed: number
  valShare?: number | undefined
  /** Where verdicts on photos are kept; without it every photo is decoded each time. */
  cacheFolder?: string | undefined
  /** Default: as many as the machine has cores, at most 8. */
  threads?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
}

/** A file named like a photo, before it is known whether it is one. */
interface Candidate extends FileState {
  class: number | null
  split: Split | undefined
}

/** At the same time: enough to keep a disk busy, far below the limit of open files. */
const statsAtOnce = 64

async function requireFolder(folder: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) throw new ThawError('dataset.not-a-folder', { folder })
  } catch (error) {
    const reason = readError(error, folder)
    if (reason instanceof ThawError && reason.code === 'photo.missing')
      throw new ThawError('dataset.missing', { folder }, { cause: error })
    throw reason
  }
}

const unreadable = (file: string, error: ThawError): UnreadablePhoto => ({
  path: file,
  ...plainError(new ThawError(error.code, { ...error.parameters, file })),
})

/** Sizes and times of all photos in these folders. What cannot be looked at goes into `bad`, and what holds none, `empty`. */
async function candidatesIn(
  root: string,
  folders: ClassFolder[],
  classes: string[],
  options: ScanOptions,
  bad: UnreadablePhoto[],
  empty: string[],
): Promise<Candidate[]> {
  const found: Candidate[] = []
  for (const folder of folders) {
    const walked = await findPhotos(root, folder.path, { ...options, shallow: folder.shallow })
    bad.push(...walked.unreadable.map((one) => unreadable(one.path, one.error)))
    if (walked.photos.length + walked.unreadable.length === 0) empty.push(folder.path)
    for (let at = 0; at < walked.photos.length; at += statsAtOnce) {
      const states = walked.photos.slice(at, at + statsAtOnce).map(async (file) => {
        try {
          const { size: bytes, mtimeMs } = await stat(path.join(root, file))
          const modified = Math.round(mtimeMs)
          found.push({
            path: file,
            bytes,
            modified,
            class: folder.class === undefined ? null : classes.indexOf(folder.class),
            split: folder.split,
          })
        } catch (error) {
          const reason = readError(error, file)
          if (!(reason instanceof ThawError)) throw reason
          bad.push(unreadable(file, reason))
        }
      })
      await Promise.all(states)
    }
  }
  return found.sort((a, b) => byCodePoint(a.path, b.path))
}

/** Decodes what has no verdict yet. The verdicts on all candidates, in their order. */
async function judge(
  root: string,
  candidates: Candidate[],
  known: Verdicts | undefined,
  options: ScanOptions,
): Promise<(Verdict | ThawError)[]> {
  const verdicts: (Verdict | ThawError | undefined)[] = candidates.map((one) => known?.get(one))
  const open = candidates.map((_, i) => i).filter((i) => verdicts[i] === undefined)
  let done = candidates.length - open.length
  const report = () => options.onProgress?.({ done, total: candidates.length })
  report()
  if (open.length > 0) {
    const threads = options.threads ?? Math.min(availableParallelism(), 8)
    const pool = await PhotoPool.open({ threads: Math.min(threads, open.length) })
    const files = open.map((i) => ({ kind: 'size' as const, file: path.join(root, candidates[i]!.path) }))
    try {
      let at = 0
      for await (const outcome of pool.outcomes(files, { signal: options.signal })) {
        const place = open[at]!
        at += 1
        verdicts[place] = 'error' in outcome ? outcome.error : outcome.result
        if ('result' in outcome) known?.set(candidates[place]!, outcome.result)
        else if (isLasting(outcome.error.code)) {
          const { code, parameters } = outcome.error
          known?.set(candidates[place]!, { code, parameters: { ...parameters } })
        }
        done += 1
        report()
      }
    } finally {
      await pool.close()
      // Also of a scan that was cancelled: the next one goes on from here.
      await known?.save(candidates)
    }
  }
  return verdicts as (Verdict | ThawError)[]
}

/** What a network can be trained on in a folder as it lies there: its photos with a label. @throws ThawError as `scanFolder` */
export const scanDataset = async (folder: string, options: ScanOptions): Promise<Dataset> =>
  trainable(undecided(await scanFolder(folder, options)))

/**
 * Reads a folder of photos: its layout, classes and splits, and whether each photo can be decoded. What is not fit for
 * training is no error here (requireTrainable says so), so that the app can show it.
 * @throws ThawError `dataset.missing`, `dataset.not-a-folder`, `photo.unreadable` (the folder itself), `cancelled`
 */
export async function scanFolder(folder: string, options: ScanOptions): Promise<ScannedDataset> {
  const root = path.resolve(folder)
  await requireFolder(root)
  const { layout, folders, classes } = await layoutOf(root, options).catch((error: unknown) => {
    throw readError(error, root)
  })
  const bad: UnreadablePhoto[] = []
  const emptyFolders: string[] = []
  const candidates = await candidatesIn(root, folders, classes, options, bad, emptyFolders)
  const known = options.cacheFolder === undefined ? undefined : await Verdicts.open(options.cacheFolder, root)
  const verdicts = await judge(root, candidates, known, options)
  // A disk that was pulled out in the meantime makes every photo missing; that is one message, not thousands.
  await requireFolder(root)

  const good: (Candidate & { width: number; height: number })[] = []
  candidates.forEach((candidate, i) => {
    const verdict = verdicts[i]!
    if (verdict instanceof ThawError) bad.push(unreadable(candidate.path, verdict))
    else if ('code' in verdict)
      bad.push(unreadable(candidate.path, new ThawError(verdict.code, verdict.parameters)))
    else good.push({ ...candidate, width: verdict.width, height: verdict.height })
  })
  bad.sort((a, b) => byCodePoint(a.path, b.path))
  const photos = good
    .map((photo): ScannedPhoto => ({ ...photo, split: photo.split ?? 'train' }))
    .sort(inOrder)
  const dataset: ScannedDataset = { folder: root, layout, classes, photos, unreadable: bad, emptyFolders }
  return resplit(dataset, options.seed, options.valShare)
}
