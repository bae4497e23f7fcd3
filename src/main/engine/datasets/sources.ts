import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ScannedDataset, ScannedPhoto } from '../../../shared/dataset.ts'
import { ThawError } from '../../../shared/errors.ts'
import { archiveExtensions, listExtensions, sourceExtensions } from '../../../shared/sourceFiles.ts'
import { isWithin, pathFrom } from '../files.ts'
import type { DataPaths } from '../store/paths.ts'
import { unpacked } from './archiveCopies.ts'
import { scanList } from './list.ts'
import { byCodePoint, inOrder } from './order.ts'
import { resplit } from './resplit.ts'
import { hasOwnSplit } from './split.ts'
import type { ScanOptions } from './scan.ts'
import { scanFolder } from './scan.ts'
import { innerFolder } from './walk.ts'

/**
 * Reads photos from wherever they come: a folder, a list of them (CSV, TSV, JSON) or a zip archive.
 * @throws ThawError as `scanFolder` and `scanList`; `archive.damaged`
 */
export async function scanSource(
  place: string,
  { samples }: Pick<DataPaths, 'samples'>,
  options: ScanOptions,
): Promise<ScannedDataset> {
  const source = path.resolve(place)
  const extension = path.extname(source).toLowerCase()
  const isFile = await stat(source).then(
    (it) => it.isFile(),
    () => false,
  )
  if (isFile && listExtensions.includes(extension)) return scanList(source, options)
  if (isFile && archiveExtensions.includes(extension))
    return {
      ...(await scanFolder(await innerFolder(await unpacked(source, samples, options.signal)), options)),
      source,
    }
  return scanFolder(source, options)
}

const realOf = (place: string): Promise<string> => realpath(place).catch(() => path.resolve(place))

/**
 * A folder around one that is read already would bring all its photos once more, under the name of that folder. One with only the list or
 * archive in it brings others.
 * @throws ThawError `source.contains-dataset`
 */
async function requireApart(source: string, known: readonly string[]): Promise<void> {
  const real = await realOf(source)
  for (const folder of known) {
    const isFile = await stat(folder).then(
      (it) => it.isFile(),
      () => false,
    )
    if (!isFile && isWithin(real, await realOf(folder)))
      throw new ThawError('source.contains-dataset', { source, folder })
  }
}

/**
 * A place that may become a further source of a dataset.
 * @param known the dataset's own place and the sources that it has
 * @returns the place as it is kept: absolute, without a slash at its end
 * @throws ThawError `source.missing`, `source.there-already`, `source.contains-dataset`, `source.unknown-kind`
 */
export async function newSource(given: string, known: readonly string[]): Promise<string> {
  const source = path.resolve(given)
  const found = path.isAbsolute(given) ? await stat(source).catch(() => undefined) : undefined
  if (!found) throw new ThawError('source.missing', { source: given })
  if (known.some((place) => path.resolve(place) === source))
    throw new ThawError('source.there-already', { source })
  if (found.isDirectory()) await requireApart(source, known)
  const extension = path.extname(source).toLowerCase()
  if (!found.isDirectory() && !sourceExtensions.includes(extension))
    throw new ThawError('source.unknown-kind', { source })
  return source
}

/** The same photos, told from another folder. */
function toldFrom(folder: string, scan: ScannedDataset): ScannedDataset {
  const pathOf = (file: string) => pathFrom(folder, path.resolve(scan.folder, file))
  const moved = <T extends { path: string }>(one: T): T => ({ ...one, path: pathOf(one.path) })
  return {
    ...scan,
    photos: scan.photos.map(moved),
    unreadable: scan.unreadable.map(moved),
    emptyFolders: scan.emptyFolders?.map(pathOf),
    otherPictures: scan.otherPictures?.map(pathOf),
    archives: scan.archives?.map(pathOf),
  }
}

/** Several sources as one dataset: the classes of all, each photo once. Where one says what is for what, all keep their parts. */
function merged(first: ScannedDataset, others: readonly ScannedDataset[]): ScannedDataset {
  const all = [first, ...others]
  const classes = [...new Set(all.flatMap((scan) => scan.classes))].sort(byCodePoint)
  const indexOf = new Map(classes.map((name, i) => [name, i]))
  const photos = new Map<string, ScannedPhoto>()
  for (const scan of all)
    for (const photo of scan.photos)
      if (!photos.has(photo.path))
        photos.set(photo.path, {
          ...photo,
          class: photo.class === null ? null : indexOf.get(scan.classes[photo.class]!)!,
        })
  const { layout } = first
  return {
    ...first,
    layout: layout === 'flat' && classes.length > 0 ? 'class-folders' : layout,
    classes,
    photos: [...photos.values()].sort(inOrder),
    unreadable: all.flatMap((scan) => scan.unreadable).sort((a, b) => byCodePoint(a.path, b.path)),
    emptyFolders: all.flatMap((scan) => scan.emptyFolders ?? []),
    otherPictures: all.flatMap((scan) => scan.otherPictures ?? []),
    archives: all.flatMap((scan) => scan.archives ?? []),
    ...(all.some(hasOwnSplit) && { splitGiven: true }),
  }
}

/**
 * Reads a dataset from its own place and from the further sources that a person gave it. A further one that is not there now is named
 * in `missing`, and the others are read.
 * @throws ThawError as `scanSource` does about its own place; `cancelled`
 */
export async function scanSources(
  place: string,
  also: readonly string[],
  paths: Pick<DataPaths, 'samples'>,
  options: ScanOptions,
): Promise<ScannedDataset> {
  const first = await scanSource(place, paths, options)
  if (also.length === 0) return first
  const others: ScannedDataset[] = []
  const missing: string[] = []
  for (const source of also)
    try {
      others.push(toldFrom(first.folder, await scanSource(source, paths, { ...options, onPart: undefined })))
    } catch (error) {
      if (!(error instanceof ThawError) || error.code === 'cancelled') throw error
      missing.push(source)
    }
  const all = merged(first, others)
  const whole = hasOwnSplit(all) ? all : resplit(all, options.seed, options.valShare)
  return { ...whole, also: [...also], ...(missing.length > 0 && { missing }) }
}
