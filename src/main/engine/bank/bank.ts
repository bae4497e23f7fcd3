import type { PhotoBox } from '../../../shared/dataset.ts'
import type { PlainError } from '../../../shared/errors.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import type { Compute } from '../backend/compute.ts'
import { FixedPart } from '../model/fixedPart.ts'
import { Model } from '../model/network.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { featureKey } from './featureKey.ts'
import { FeatureStore } from './featureStore.ts'
import type { Matrix } from './matrix.ts'
import { PhotoHashes } from './photoHashes.ts'
import { rowName } from './rowName.ts'

export interface BankPhoto {
  /** Absolute path. */
  file: string
  /** SHA-256 of the file, where it is known. */
  hash?: string | undefined
  /** What a person cut out: for the network that is the photo. */
  crop?: PhotoBox | undefined
}

export interface BankRequest {
  photos: readonly BankPhoto[]
  compute: Compute
  /** Only `weights` and `network` are used where `preparation` is given. */
  opened: Pick<OpenedNetwork, 'network' | 'weights' | 'preparation'>
  /** SHA-256 of the weight file, or of one with the same body. */
  sha256: string
  preparation?: Preparation | undefined
  /** Where features are kept, see store/paths.ts. */
  folder: string
}

export interface BankControl {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined
  /** Awaited after each batch: others that compute have their turn. */
  passTurn?: (() => Promise<void>) | undefined
}

export interface Bank {
  /** [photos, channels]; the row of a photo that could not be read is zero. */
  features: Matrix
  /** SHA-256 of each photo; undefined for one that is gone. */
  hashes: (string | undefined)[]
  /** How many photos were computed, because they were not there yet. */
  computed: number
  failed: { index: number; error: PlainError }[]
}

/**
 * The features of photos at the penultimate cut of a network. They are kept by what is in the file: a photo that was relabelled,
 * moved, or comes back costs nothing, and what training kept of the same network serves too. Cancelled, it keeps what is done.
 * @throws ThawError cancelled
 */
export async function bankOf(request: BankRequest, control: BankControl = {}): Promise<Bank> {
  const { photos, compute, opened, sha256, folder } = request
  const preparation = request.preparation ?? opened.preparation
  const model = new Model(opened.network, opened.weights, compute.kernels)
  const { steps } = model.penultimate
  const part = new FixedPart(model, preparation, steps)
  const { network } = opened
  const { environment } = compute
  const store = await FeatureStore.open(
    folder,
    featureKey({ network, preparation, weights: sha256, environment }),
  )
  try {
    const hashes = await hashesOf(photos, folder, control.signal)
    const rows = hashes.map((hash, i) => {
      const { file, crop } = photos[i]!
      return rowName(hash ?? `gone:${file}`, { kind: 'evaluation' }, crop)
    })
    const columns = part.rowShape().reduce((a, b) => a * b, 1)
    const values = new Float32Array(photos.length * columns)
    const absent = (await store?.getAll(rows, columns, values)) ?? [...photos.keys()]
    const filler = new Filler({ photos, rows, absent, values, columns, part, store, preparation })
    await filler.fill(compute.environment.threads, control)
    return {
      features: { values, rows: photos.length, columns },
      hashes,
      computed: filler.computed,
      failed: filler.failed,
    }
  } finally {
    await store?.close()
  }
}

async function hashesOf(
  photos: readonly BankPhoto[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<(string | undefined)[]> {
  const unknown = photos.filter(({ hash }) => hash === undefined)
  if (unknown.length === 0) return photos.map(({ hash }) => hash)
  const hashes = await PhotoHashes.open(folder)
  // Also of one that was cancelled: the next one goes on from there.
  const found = await hashes
    .of(
      unknown.map(({ file }) => file),
      signal,
    )
    .finally(() => hashes.save())
  let at = 0
  return photos.map(({ hash }) => {
    if (hash !== undefined) return hash
    at += 1
    return found[at - 1]
  })
}

interface FillerOptions {
  photos: readonly BankPhoto[]
  /** Names of their rows in the store. */
  rows: readonly string[]
  /** Indices of the photos whose features are missing. */
  absent: readonly number[]
  /** What is filled. */
  values: Float32Array
  columns: number
  part: FixedPart
  store: FeatureStore | undefined
  preparation: Preparation
}

/** Computes what is missing, equal photos once, while the next ones are decoded. */
class Filler {
  computed = 0
  readonly failed: Bank['failed'] = []
  private readonly options: FillerOptions

  constructor(options: FillerOptions) {
    this.options = options
  }

  async fill(threads: number, { signal, onProgress, passTurn }: BankControl): Promise<void> {
    const { photos, rows, absent, part, preparation } = this.options
    const total = photos.length
    let done = total - absent.length
    onProgress?.({ done, total })
    if (absent.length === 0) return
    const byRow = [...Map.groupBy(absent, (index) => rows[index]!).values()]
    const workers = await ViewWorkers.open({ threads, lanes: 2, folder: '/', preparation })
    const jobs = byRow.map(([first]) => ({
      path: photos[first!]!.file,
      view: { kind: 'evaluation' } as const,
      crop: photos[first!]!.crop,
    }))
    const views = workers.views(jobs, { signal })
    let at = 0
    try {
      for await (const found of part.rows(views, signal, { owned: true })) {
        for (const row of found) {
          const indices = byRow[at]!
          at += 1
          done += indices.length
          if ('error' in row) this.fail(indices, row.error)
          else await this.keep(indices, row.values)
        }
        onProgress?.({ done, total })
        await passTurn?.()
      }
    } finally {
      await views.return()
      await workers.close()
    }
  }

  private async keep(indices: readonly number[], row: Float32Array): Promise<void> {
    const { values, columns, store, rows } = this.options
    for (const index of indices) values.set(row, index * columns)
    this.computed += indices.length
    await store?.put(rows[indices[0]!]!, row)
  }

  private fail(indices: readonly number[], error: ThawError): void {
    for (const index of indices) {
      const { file } = this.options.photos[index]!
      this.failed.push({ index, error: plainError(new ThawError(error.code, { ...error.parameters, file })) })
    }
  }
}
