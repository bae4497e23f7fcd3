import { stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { BrowsedPhoto } from '../../../shared/dataset.ts'
import { FeaturesBy } from '../../../shared/api/features.ts'
import { moveFile, readJson, writeJson } from './jsonFile.ts'

/** Numbers of a file that holds many, as base64 of their little-endian bytes. */
const Numbers = z.string()

const About = {
  format: z.literal(2),
  /** Whose features it follows from. */
  by: FeaturesBy,
  /** ISO 8601, UTC. */
  computed: z.string(),
  /** A row a photo: its path then, and what is in its file. */
  paths: z.array(z.string()),
  keys: z.array(z.string()),
}

const StoredNear = z.strictObject({
  ...About,
  /** The journal's newest entry: certainty is about the labels of then. */
  entry: z.int(),
  k: z.int().positive(),
  neighbours: Numbers,
  distances: Numbers,
  lonely: Numbers,
  certainty: Numbers,
})
const StoredMap = z.strictObject({ ...About, positions: Numbers })

interface Rows {
  by: FeaturesBy
  computed: string
  paths: readonly string[]
  keys: readonly string[]
}

/** How the photos of a dataset lie to each other. */
export interface Near extends Rows {
  entry: number
  k: number
  /** [rows, k] rows, nearest first; −1 where there are fewer others. */
  neighbours: Int32Array
  /** [rows, k] cosine distances. */
  distances: Float32Array
  /** [rows] mean distance to the neighbours: the largest are unlike all others. */
  lonely: Float32Array
  /**
   * [rows] how sure a head that has not learnt from the photo is of its label; of a photo without one, of what it seems to be. NaN where
   * nothing could be learnt.
   */
  certainty: Float32Array
}

/** Where the photos lie on the map. */
export interface PhotoMap extends Rows {
  /** [rows, 2] */
  positions: Float32Array
}

/** What a row is found again by, wherever the photo lies and whatever it is called. */
export const keyOf = ({ path: file, hash }: Pick<BrowsedPhoto, 'path' | 'hash'>): string =>
  hash ?? `path:${file}`

const packed = (values: Float32Array | Int32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')

/** A copy, so that it begins where a number may. */
const unpacked = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, 'base64')).buffer
const floats = (text: string): Float32Array => new Float32Array(unpacked(text))
const ints = (text: string): Int32Array => new Int32Array(unpacked(text))

type Kind = 'near' | 'map'

/**
 * What was worked out of a dataset's features, two files a dataset in the cache: the trainer writes them, the library reads them, and
 * both can be made again.
 */
export class Relations {
  private readonly folder: string
  private readonly inMemory = new Map<string, { modified: number; value: Near | PhotoMap | undefined }>()

  constructor(folder: string) {
    this.folder = folder
  }

  private fileOf(dataset: string, kind: Kind): string {
    return path.join(this.folder, `${dataset}.${kind}.json`)
  }

  /** @throws ThawError disk.full, output.unwritable */
  async keepNear(
    dataset: string,
    { neighbours, distances, lonely, certainty, ...rest }: Near,
  ): Promise<void> {
    await writeJson(this.fileOf(dataset, 'near'), {
      format: 2,
      ...rest,
      neighbours: packed(neighbours),
      distances: packed(distances),
      lonely: packed(lonely),
      certainty: packed(certainty),
    })
  }

  /** @throws ThawError disk.full, output.unwritable */
  async keepMap(dataset: string, { positions, ...rest }: PhotoMap): Promise<void> {
    await writeJson(this.fileOf(dataset, 'map'), { format: 2, ...rest, positions: packed(positions) })
  }

  /** undefined: never computed, or not to be read any more. */
  near(dataset: string): Promise<Near | undefined> {
    return this.read(dataset, 'near', async (file) => {
      const read = await readJson(file, StoredNear)
      if (!read) return undefined
      const { by, computed, paths, keys, entry, k } = read
      return {
        ...{ by, computed, paths, keys, entry, k },
        neighbours: ints(read.neighbours),
        distances: floats(read.distances),
        lonely: floats(read.lonely),
        certainty: floats(read.certainty),
      }
    })
  }

  /** undefined: never computed, or not to be read any more. */
  map(dataset: string): Promise<PhotoMap | undefined> {
    return this.read(dataset, 'map', async (file) => {
      const read = await readJson(file, StoredMap)
      if (!read) return undefined
      const { by, computed, paths, keys, positions } = read
      return { by, computed, paths, keys, positions: floats(positions) }
    })
  }

  /** A dataset that was moved has another id: its photos lie to each other as before. */
  async move(from: string, to: string): Promise<void> {
    for (const kind of ['near', 'map'] as const)
      await moveFile(this.fileOf(from, kind), this.fileOf(to, kind))
  }

  private async read<T extends Near | PhotoMap>(
    dataset: string,
    kind: Kind,
    load: (file: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const file = this.fileOf(dataset, kind)
    const modified = (await stat(file).catch(() => undefined))?.mtimeMs
    const known = this.inMemory.get(file)
    if (known && known.modified === modified) return known.value as T | undefined
    if (modified === undefined) return undefined
    const value = await load(file)
    this.inMemory.set(file, { modified, value })
    return value
  }
}

/** Which row each photo has now: the one of its path if the same is in the file, else one of the same content; −1: none. */
export function rowsOfPhotos(
  { paths, keys }: Pick<Rows, 'paths' | 'keys'>,
  photos: readonly Pick<BrowsedPhoto, 'path' | 'hash'>[],
): Int32Array {
  const byPath = new Map(paths.map((file, row) => [file, row]))
  const byKey = new Map(keys.map((key, row) => [key, row]))
  return Int32Array.from(photos, (photo) => {
    const key = keyOf(photo)
    const own = byPath.get(photo.path)
    return (own !== undefined && keys[own] === key ? own : byKey.get(key)) ?? -1
  })
}
