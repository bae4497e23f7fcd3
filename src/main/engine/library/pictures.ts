import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import sharp from 'sharp'
import type { z } from 'zod'
import type { Counted } from '../../../shared/api/call.ts'
import type { GridPicture } from '../../../shared/api/datasets.ts'
import { ThawError } from '../../../shared/errors.ts'
import type { ScannedPhoto } from '../../../shared/dataset.ts'
import { bytesOf, exists, makeFolder, writeAtomic } from '../files.ts'
import { coarsePicture } from '../photos/coarse.ts'
import { thumbnail } from '../photos/thumbnail.ts'
import { readError } from '../photos/read.ts'
import type { Datasets, StoredDataset } from '../store/datasets.ts'
import type { DataPaths } from '../store/paths.ts'
import { readPhotos } from '../store/classifications.ts'
import { readSelection } from '../store/selections.ts'
import { Foreground } from './foreground.ts'
import type { Classifications } from './keptClassifications.ts'
import { LateWrites, writeCached } from './lateWrites.ts'
import { Turns } from './turns.ts'

/** Pixels: what the grid shows. */
const gridSize = 192
/** Photos that are decoded at a time: one more than there are cores, since each waits for the disk. */
const atOnce = availableParallelism() + 1
/** Milliseconds after which the grid is given what there is: the first tiles of a screen do not wait for the last. */
const budget = 40

const fine = (jpeg: Buffer): GridPicture => ({ jpeg: jpeg.toString('base64'), coarse: false })

interface Wanted {
  size: number
  /** The photo's own small picture will do, where there is one and no finer one yet. */
  coarse?: boolean | undefined
}

/** A picture in a file, or one that could not be kept, or is not to be. */
export type Picture = { type: string } & ({ file: string } | { bytes: Buffer; lasts: boolean })

const digest = (...parts: (string | number)[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24)

/** Changes with the file, so that a browser may keep a picture for good. */
const photoKey = (photo: Pick<ScannedPhoto, 'path' | 'bytes' | 'modified'>): string =>
  digest(photo.path, photo.bytes, photo.modified)

/**
 * Does what is left, the first first and a few at a time, until it is time to answer: with one of them at least.
 * @param act its signal ends what has not begun when the answer is given
 */
async function someOf(
  left: readonly number[],
  signal: AbortSignal,
  act: (index: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const queue = [...left]
  const answered = new AbortController()
  const whileAsked = AbortSignal.any([signal, answered.signal])
  const first = Promise.withResolvers<true>()
  const lane = async () => {
    while (queue.length > 0 && !whileAsked.aborted) {
      await act(queue.shift()!, whileAsked)
      first.resolve(true)
    }
  }
  const all = Promise.all(Array.from({ length: atOnce }, lane))
  await Promise.race([all, Promise.all([first.promise, setTimeout(budget)])])
  answered.abort()
}

/**
 * Pictures by opaque ids: `d.DATASET.KEY` a dataset's photo, `s.SELECTION.PLACE` one that was chosen, `v.KEY` a view that was
 * computed. What an id shows is a file in the cache, made when it is first asked for.
 */
export class Pictures {
  private readonly datasets: Datasets
  private readonly paths: Pick<DataPaths, 'thumbnails' | 'views' | 'selections' | 'classifications'>
  private readonly classifications: Classifications
  private readonly indices = new WeakMap<StoredDataset, Map<string, number>>()
  /** Photos are decoded by a few at a time: the grid asks for hundreds at once. */
  private readonly turns = new Turns(atOnce)
  /** Thumbnails that are being made, by their files. */
  private readonly making = new Map<string, Promise<Buffer>>()
  private readonly foreground: Foreground
  private readonly never = new AbortController().signal
  private readonly late: LateWrites

  constructor(
    datasets: Datasets,
    paths: Pick<DataPaths, 'thumbnails' | 'views' | 'selections' | 'classifications'>,
    classifications: Classifications,
    foreground = new Foreground(),
  ) {
    this.datasets = datasets
    this.classifications = classifications
    this.paths = paths
    this.foreground = foreground
    this.late = new LateWrites(() => foreground.over(this.never))
  }

  /** Keeps what was made and is not on the disk yet. */
  close(): Promise<void> {
    return this.late.close()
  }

  idOf(dataset: string, photo: Pick<ScannedPhoto, 'path' | 'bytes' | 'modified'>): string {
    return `d.${dataset}.${photoKey(photo)}`
  }

  idOfSelected(selection: string, index: number): string {
    return `s.${selection}.${index}`
  }

  /** The photo behind the id of a dataset's photo. @throws ThawError not-found */
  async photo(
    id: string,
  ): Promise<{ stored: StoredDataset; index: number; photo: ScannedPhoto; file: string }> {
    const [kind, dataset = '', key = ''] = id.split('.')
    if (kind !== 'd') throw new ThawError('not-found', { what: 'this-photo' })
    const stored = await this.datasets.get(dataset)
    const index = this.indexOf(stored).get(key)
    if (index === undefined) throw new ThawError('not-found', { what: 'this-photo' })
    const photo = stored.dataset.photos[index]!
    return { stored, index, photo, file: path.join(stored.dataset.folder, photo.path) }
  }

  /** Where the photo lies that a dataset's or a selection's picture shows. @throws ThawError not-found */
  async photoFile(id: string): Promise<string> {
    const [kind, selection = '', place] = id.split('.')
    if (kind !== 's') return (await this.photo(id)).file
    const file = (await this.chosen(selection))[Number(place)]
    if (file === undefined) throw new ThawError('not-found', { what: 'this-photo' })
    if (await exists(file)) return file
    const here = await this.classifications
      .of(selection)
      .whereabouts()
      .catch(() => undefined)
    return here ? here(file) : file
  }

  /**
   * A JPEG or PNG that shows the picture at most `size` pixels wide and high. A coarse one is kept nowhere.
   * @throws ThawError not-found, cancelled, and as `thumbnail` does
   */
  async file(id: string, { size, coarse = false }: Wanted, signal: AbortSignal): Promise<Picture> {
    const [kind, first = '', second = ''] = id.split('.')
    switch (kind) {
      case 'v': {
        const file = this.viewFile(first)
        if (await exists(file)) return { file, type: 'image/png' }
        break
      }
      case 'd': {
        const { file, photo } = await this.photo(id)
        const gains = Math.max(photo.width, photo.height) > gridSize
        return this.thumbnail(file, { key: second, size, coarse: coarse && gains }, signal)
      }
      case 's': {
        const file = await this.photoFile(id)
        const { size: bytes, mtimeMs } = await stat(file).catch((error: unknown) => {
          throw readError(error, file)
        })
        const key = digest(file, bytes, mtimeMs)
        return this.thumbnail(file, { key, size, coarse }, signal)
      }
    }
    throw new ThawError('not-found', { what: 'this-picture' })
  }

  /**
   * The grid's thumbnails of photos of datasets: those that are there, and what can be made within {@link budget}, the first first.
   * @throws ThawError cancelled
   */
  async grid(
    ids: readonly string[],
    { coarse, signal }: { coarse: boolean; signal: AbortSignal },
  ): Promise<GridPicture[]> {
    const found = await Promise.all(ids.map((id) => this.ready(id)))
    const pictures = found.map((it): GridPicture => (typeof it === 'object' ? fine(it) : (it ?? 'none')))
    const left = [...found.keys()].filter((i) => found[i] === 'later')
    if (left.length > 0)
      await this.foreground.during(() =>
        someOf(left, signal, async (i, whileAsked) => {
          pictures[i] = await this.made(ids[i]!, coarse, whileAsked).catch((): GridPicture =>
            whileAsked.aborted ? 'later' : 'none',
          )
        }),
      )
    if (signal.aborted) throw new ThawError('cancelled')
    return pictures
  }

  /** A thumbnail that was found not to be there. */
  private async made(id: string, coarse: boolean, signal: AbortSignal): Promise<GridPicture> {
    const { file, photo } = await this.photo(id)
    const own = coarse && Math.max(photo.width, photo.height) > gridSize && (await coarsePicture(file))
    if (own) return { jpeg: own.toString('base64'), coarse: true }
    return fine(await this.make(file, { ...this.thumbnailOf(photo), signal }))
  }

  /** A thumbnail that is there, whether one is to be made, or undefined where there is no such photo. */
  private async ready(id: string): Promise<Buffer | 'later' | undefined> {
    const known = await this.photo(id).catch(() => undefined)
    if (!known) return undefined
    const { file } = this.thumbnailOf(known.photo)
    const bytes = this.late.get(file) ?? (await readFile(file).catch(() => undefined))
    // An empty one is left of a power cut.
    return bytes && bytes.length > 0 ? bytes : 'later'
  }

  /**
   * Makes the thumbnails of a dataset that are not there yet. A photo of which none can be made tells why where it is looked at.
   * @throws ThawError cancelled
   */
  async prepare(
    { dataset }: StoredDataset,
    size: number,
    { signal, onProgress }: { signal: AbortSignal; onProgress: (counted: z.infer<typeof Counted>) => void },
  ): Promise<void> {
    const total = dataset.photos.length
    for (const [done, photo] of dataset.photos.entries()) {
      onProgress({ done, total })
      // What is on a screen comes first, and it is asked for one by one.
      await this.foreground.over(signal)
      await this.kept(path.join(dataset.folder, photo.path), photoKey(photo), size, signal).catch(
        () => undefined,
      )
      if (signal.aborted) throw new ThawError('cancelled')
    }
    onProgress({ done: total, total })
  }

  /** Keeps a computed picture [height, width, 3]. `of` names all that it was computed from. @returns its id */
  async keepView(
    of: readonly (string | number)[],
    pixels: Uint8Array,
    { width, height }: { width: number; height: number },
  ): Promise<string> {
    const key = digest(...of)
    const file = this.viewFile(key)
    if (!(await exists(file))) {
      await makeFolder(path.dirname(file))
      const raw = { width, height, channels: 3 } as const
      await writeAtomic(file, [await sharp(pixels, { raw }).png({ compressionLevel: 3 }).toBuffer()])
    }
    return `v.${key}`
  }

  /** Photos of a selection, or of a classification, which outlives its selection. @throws ThawError not-found */
  private async chosen(id: string): Promise<string[]> {
    const kept = await readPhotos(path.join(this.paths.classifications, id))
    return kept.length > 0 ? kept : readSelection(this.paths.selections, id)
  }

  private viewFile(key: string): string {
    return path.join(this.paths.views, key.slice(0, 2), `${key}.png`)
  }

  /** Where the grid's thumbnail of a photo is, for who makes it while looking at the photo. */
  thumbnailOf(photo: Pick<ScannedPhoto, 'path' | 'bytes' | 'modified'>): { file: string; size: number } {
    return { file: this.thumbnailFile(photoKey(photo), gridSize), size: gridSize }
  }

  private thumbnailFile(key: string, size: number): string {
    return path.join(this.paths.thumbnails, key.slice(0, 2), `${key}-${size}.jpg`)
  }

  private async thumbnail(
    photo: string,
    { key, size, coarse }: { key: string; size: number; coarse: boolean },
    signal: AbortSignal,
  ): Promise<Picture> {
    const file = this.thumbnailFile(key, size)
    const type = 'image/jpeg'
    const fresh = this.late.get(file)
    if (fresh) return { bytes: fresh, type, lasts: true }
    // An empty one is left of a power cut.
    if (await bytesOf(file)) return { file, type }
    return this.foreground.during(async () => {
      const own = coarse && size <= gridSize ? await coarsePicture(photo) : undefined
      if (own) return { bytes: own, type, lasts: false }
      const bytes = await this.make(photo, { file, size, signal })
      return { bytes, type, lasts: true }
    })
  }

  /** Makes a thumbnail, once for all who ask for it meanwhile, and keeps it. */
  private make(
    photo: string,
    { file, size, signal }: { file: string; size: number; signal: AbortSignal },
  ): Promise<Buffer> {
    const begin = async () => {
      // Another may have made it while this one waited for its turn.
      const bytes = this.late.get(file) ?? (await thumbnail(photo, size))
      this.late.add(file, bytes)
      return bytes
    }
    const shared = () => {
      const made = this.making.get(file) ?? begin().finally(() => this.making.delete(file))
      this.making.set(file, made)
      return made
    }
    return this.making.get(file) ?? this.turns.take(shared, signal)
  }

  /** Makes a thumbnail that nobody waits for, where there is none. */
  private async kept(photo: string, key: string, size: number, signal: AbortSignal): Promise<void> {
    const file = this.thumbnailFile(key, size)
    if (this.late.get(file) || (await bytesOf(file))) return
    await writeCached(file, await this.turns.take(() => thumbnail(photo, size), signal))
  }

  private indexOf(stored: StoredDataset): Map<string, number> {
    const index =
      this.indices.get(stored) ?? new Map(stored.dataset.photos.map((photo, i) => [photoKey(photo), i]))
    this.indices.set(stored, index)
    return index
  }
}
