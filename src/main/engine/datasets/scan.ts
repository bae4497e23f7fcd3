import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Dataset, ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { LookOptions, PhotoLook } from '../photos/look.ts'
import { readError } from '../photos/read.ts'
import { PhotoPool } from '../preprocess/workers/pool.ts'
import { trainable, undecided } from './browse.ts'
import type { Candidate, Found } from './candidates.ts'
import { candidatesIn, requireFolder, unreadable } from './candidates.ts'
import { layoutOf } from './layout.ts'
import { byCodePoint, inOrder } from './order.ts'
import { resplit } from './resplit.ts'
import type { FileState, Verdict } from './verdicts.ts'
import { isLasting, Verdicts } from './verdicts.ts'

export interface ScanOptions {
  /** Decides the split where the folder does not. */
  seed: number
  valShare?: number | undefined
  /** Where verdicts on photos are kept; without it every photo is decoded each time. */
  cacheFolder?: string | undefined
  /** Default: as many as the machine has cores, at most 8. */
  threads?: number | undefined
  /** Where the thumbnail of a photo is put, which is made while it is looked at. */
  thumbnailOf?: ((photo: FileState) => LookOptions['thumbnail']) | undefined
  /** Is given what is known so far, soon after the beginning and then ever more rarely. */
  onPart?: ((dataset: ScannedDataset) => Promise<void>) | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
}

/** When a person first sees photos of a scan that goes on, milliseconds after its beginning. */
const firstPart = 400

/** Decodes what has no verdict yet. The verdicts on all candidates, in their order. */
async function judge(
  root: string,
  candidates: Candidate[],
  known: Verdicts | undefined,
  options: ScanOptions,
  onPart: (verdicts: (Verdict | ThawError | undefined)[]) => Promise<void>,
): Promise<(Verdict | ThawError)[]> {
  const verdicts: (Verdict | ThawError | undefined)[] = candidates.map((one) => known?.get(one))
  const open = candidates.map((_, i) => i).filter((i) => verdicts[i] === undefined)
  let done = candidates.length - open.length
  const report = () => options.onProgress?.({ done, total: candidates.length })
  report()
  if (open.length > 0) {
    const threads = options.threads ?? Math.min(availableParallelism(), 8)
    const pool = await PhotoPool.open({ threads: Math.min(threads, open.length) })
    const files = open.map((i) => ({
      kind: 'look' as const,
      file: path.join(root, candidates[i]!.path),
      thumbnail: options.thumbnailOf?.(candidates[i]!),
    }))
    const began = Date.now()
    let nextPart = began + firstPart
    try {
      let at = 0
      for await (const outcome of pool.outcomes(files, { signal: options.signal })) {
        const place = open[at]!
        at += 1
        verdicts[place] = 'error' in outcome ? outcome.error : outcome.result.look!
        if ('result' in outcome) known?.set(candidates[place]!, outcome.result.look!)
        else if (isLasting(outcome.error.code)) {
          const { code, parameters } = outcome.error
          known?.set(candidates[place]!, { code, parameters: { ...parameters } })
        }
        done += 1
        report()
        if (Date.now() < nextPart) continue
        await onPart(verdicts)
        // Ever more rarely: what is shown grows, and so does the work of showing it.
        nextPart = Date.now() + 2 * (Date.now() - began)
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
  const { layout, folders, classes } = await layoutOf(root).catch((error: unknown) => {
    throw readError(error, root)
  })
  const found = await candidatesIn(root, folders, classes, options)
  const { empty: emptyFolders, otherPictures } = found
  return judged(root, { layout, classes, emptyFolders, otherPictures }, found, options)
}

type About = Pick<
  ScannedDataset,
  'layout' | 'classes' | 'emptyFolders' | 'otherPictures' | 'splitGiven' | 'source'
>

/** The dataset of these files: each decoded, or known from before, and the split drawn where none is given. */
export async function judged(
  root: string,
  about: About,
  { candidates, bad }: Pick<Found, 'candidates' | 'bad'>,
  options: ScanOptions,
): Promise<ScannedDataset> {
  const known =
    options.cacheFolder === undefined
      ? undefined
      : await Verdicts.open(options.cacheFolder, about.source ?? root)
  const sofar = (verdicts: readonly (Verdict | ThawError | undefined)[]): ScannedDataset => {
    const photos: ScannedPhoto[] = []
    const unreadables = [...bad]
    candidates.forEach((candidate, i) => {
      const verdict = verdicts[i]
      if (verdict === undefined) return
      if (verdict instanceof ThawError) unreadables.push(unreadable(candidate.path, verdict))
      else if ('code' in verdict)
        unreadables.push(unreadable(candidate.path, new ThawError(verdict.code, verdict.parameters)))
      else photos.push({ ...candidate, ...(verdict as PhotoLook), split: candidate.split ?? 'train' })
    })
    unreadables.sort((a, b) => byCodePoint(a.path, b.path))
    const dataset = { folder: root, ...about, photos: photos.sort(inOrder), unreadable: unreadables }
    return resplit(dataset, options.seed, options.valShare)
  }
  const verdicts = await judge(root, candidates, known, options, async (some) =>
    options.onPart?.(sofar(some)),
  )
  // A disk that was pulled out in the meantime makes every photo missing; that is one message, not thousands.
  await requireFolder(root)
  return sofar(verdicts)
}
