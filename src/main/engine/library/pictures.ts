import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import type { z } from 'zod'
import type { Counted } from '../../../shared/api/call.ts'
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
 * Pictures by opaque ids: `d.DATASET.KEY` a dataset's photo, `s.SELECTION.PLACE` one that was chosen, `v.KEY` a view that was
 * computed. What an id shows is a file in the cache, made when it is first asked for.
 */
export class Pictures {
  private readonly datasets: Datasets
  private readonly paths: Pick<DataPaths, 'thumbnails' | 'views' | 'selections' | 'classifications'>
  private readonly classifications: Classifications
  private readonly indices = new WeakMap<StoredDataset, Map<string, number>>()
  /** Photos are decoded by a few at a time: the grid asks for hundreds at once. One more than there are cores, since each waits for the disk. */
  private readonly turns = new Turns(availableParallelism() + 1)
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

  idOfSelected(selection: string, place: number): string {
    return `s.${selection}.${place}`
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

  /** The grid's thumbnail of a dataset's photo, where it is made already. */
  async ready(id: string): Promise<Buffer | undefined> {
    try {
      const file = this.thumbnailOf((await this.photo(id)).photo).file
      const bytes = this.late.get(file) ?? (await readFile(file))
      // An empty one is left of a power cut.
      return bytes.length > 0 ? bytes : undefined
    } catch {
      // Whoever asks for it by itself is told why.
      return undefined
    }
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
      const bytes = await this.turns.take(() => thumbnail(photo, size), signal)
      this.late.add(file, bytes)
      return { bytes, type, lasts: true }
    })
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
