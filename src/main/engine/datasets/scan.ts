import path from 'node:path'
import type { Dataset, ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { PhotoLook } from '../photos/look.ts'
import { readError } from '../photos/read.ts'
import { trainable, undecided } from './browse.ts'
import type { Found } from './candidates.ts'
import { namedIn, requireFolder, unreadable } from './candidates.ts'
import type { Judged, JudgeOptions } from './judge.ts'
import { judge, Lookers } from './judge.ts'
import { layoutOf } from './layout.ts'
import { byCodePoint, inOrder } from './order.ts'
import { resplit } from './resplit.ts'
import { Verdicts } from './verdicts.ts'

export interface ScanOptions extends JudgeOptions {
  /** Decides the split where the folder does not. */
  seed: number
  valShare?: number | undefined
  /** Where verdicts on photos are kept; without it every photo is decoded each time. */
  cacheFolder?: string | undefined
  /** Is given what is known so far, soon after the beginning and then ever more rarely. */
  onPart?: ((dataset: ScannedDataset) => Promise<void>) | undefined
}

/** A person first sees photos of a scan that goes on when they fill a screen, or after so many milliseconds. */
const firstPart = { photos: 48, milliseconds: 400 }

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
  return judged(
    root,
    root,
    async () => {
      const { layout, folders, classes } = await layoutOf(root).catch((error: unknown) => {
        throw readError(error, root)
      })
      const {
        named,
        bad,
        empty: emptyFolders,
        otherPictures,
        archives,
      } = await namedIn(root, folders, classes, options)
      return { named, bad, about: { layout, classes, emptyFolders, otherPictures, archives } }
    },
    options,
  )
}

type About = Pick<
  ScannedDataset,
  'layout' | 'classes' | 'emptyFolders' | 'otherPictures' | 'archives' | 'splitGiven' | 'source'
>

/** What a folder or a list names. */
interface Listed extends Pick<Found, 'named' | 'bad'> {
  about: About
}

/**
 * The dataset of the files that are listed: each decoded, or known from before, and the split drawn where none is given.
 * @param place what it is known by: its folder, or the list
 */
export async function judged(
  root: string,
  place: string,
  list: () => Promise<Listed>,
  options: ScanOptions,
): Promise<ScannedDataset> {
  const { cacheFolder } = options
  const known = cacheFolder === undefined ? undefined : await Verdicts.open(cacheFolder, place)
  const lookers = new Lookers(options)
  // Where nothing is known threads will be needed.
  if (!known?.size) void lookers.start()
  try {
    const listed = await list()
    const sofar = (judgements: Judged) => datasetOf(root, listed.about, judgements, options)
    const began = Date.now()
    let nextPart = began + firstPart.milliseconds
    let looks = 0
    const all = await judge(root, listed, { known, lookers }, options, async (judgements) => {
      looks += 1
      if (!options.onPart || (looks !== firstPart.photos && Date.now() < nextPart)) return
      await options.onPart(sofar(judgements))
      // Ever more rarely: what is shown grows, and so does the work of showing it.
      nextPart = Date.now() + 2 * (Date.now() - began)
    })
    // A disk that was pulled out in the meantime makes every photo missing; that is one message, not thousands.
    await requireFolder(root)
    return sofar(all)
  } finally {
    await lookers.close()
  }
}

/** Of what is judged so far. */
function datasetOf(
  root: string,
  about: About,
  { candidates, verdicts, bad }: Judged,
  { seed, valShare }: ScanOptions,
): ScannedDataset {
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
  return resplit(dataset, seed, valShare)
}
