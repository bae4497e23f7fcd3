import path from 'node:path'
import type { PhotoBox } from '../../../../shared/dataset.ts'
import type { ThawError } from '../../../../shared/errors.ts'
import type { Preparation } from '../../../../shared/preparation.ts'
import type { OutcomeOptions, PoolOptions } from './pool.ts'
import { PhotoPool } from './pool.ts'
import type { PhotoTask, ViewRequest } from './tasks.ts'

export interface ViewJob {
  /** Absolute, or below the workers' folder. */
  path: string
  view: ViewRequest
  /** What a person cut out: the photo is that, for the network. */
  crop?: PhotoBox | undefined
}

/** [crop, crop, 3] of bytes, or why this photo could not be read. */
export type View = { pixels: Uint8Array<ArrayBuffer> } | { error: ThawError }

export interface ViewWorkersOptions extends PoolOptions {
  /** What relative paths are below of. */
  folder: string
  preparation: Preparation
}

/** What is kept of views that come again, in bytes: about 1,800 of 224 × 224 pixels. */
const keptLimit = 256 * 2 ** 20

export interface ViewOptions extends OutcomeOptions {
  /** Keep what comes again (all but an epoch's own views) in memory, as far as it fits, instead of decoding it each time. */
  keep?: boolean
}

const comesAgain = ({ view }: ViewJob): boolean => view.kind !== 'epoch'
const keyOf = ({ path: file, view, crop }: ViewJob): string => `${JSON.stringify([view, crop])} ${file}`

/** Prepares photos of one folder for one network, in worker threads, ahead of who consumes them. */
export class ViewWorkers {
  private readonly kept = new Map<string, Uint8Array<ArrayBuffer>>()
  private keptBytes = 0
  private readonly pool: PhotoPool
  private readonly folder: string
  private readonly preparation: Preparation

  constructor(pool: PhotoPool, { folder, preparation }: Pick<ViewWorkersOptions, 'folder' | 'preparation'>) {
    this.pool = pool
    this.folder = folder
    this.preparation = preparation
  }

  static async open(options: ViewWorkersOptions): Promise<ViewWorkers> {
    return new ViewWorkers(await PhotoPool.open(options), options)
  }

  private *tasks(jobs: Iterable<ViewJob>): Generator<PhotoTask, void, undefined> {
    for (const job of jobs)
      yield {
        kind: 'view',
        file: path.resolve(this.folder, job.path),
        request: job.view,
        crop: job.crop,
        preparation: this.preparation,
      }
  }

  /**
   * The views of the jobs, in the jobs' order. A photo that cannot be read is an `error` in its place and ends nothing.
   * @throws ThawError `cancelled`
   */
  async *views(
    jobs: Iterable<ViewJob>,
    { keep = false, ...options }: ViewOptions = {},
  ): AsyncGenerator<View, void, undefined> {
    if (keep) {
      yield* this.keeping([...jobs], options)
      return
    }
    for await (const outcome of this.pool.outcomes(this.tasks(jobs), options))
      yield 'error' in outcome ? outcome : { pixels: outcome.result.pixels! }
  }

  /** The pixels that are kept are handed out as they are: nobody may write into them. */
  private async *keeping(
    jobs: readonly ViewJob[],
    options: OutcomeOptions,
  ): AsyncGenerator<View, void, undefined> {
    const here = jobs.map((job) => this.kept.get(keyOf(job)))
    const decoded = this.views(
      jobs.filter((_, i) => here[i] === undefined),
      options,
    )
    try {
      for (const [i, job] of jobs.entries()) {
        const pixels = here[i]
        const view = pixels ? { pixels } : (await decoded.next()).value!
        if (!pixels && 'pixels' in view) this.remember(job, view.pixels)
        yield view
      }
    } finally {
      await decoded.return()
    }
  }

  private remember(job: ViewJob, pixels: Uint8Array<ArrayBuffer>): void {
    if (!comesAgain(job) || this.keptBytes + pixels.byteLength > keptLimit) return
    this.kept.set(keyOf(job), pixels)
    this.keptBytes += pixels.byteLength
  }

  /** Ends the threads; each finishes the photo it has in hand. */
  close(): Promise<void> {
    return this.pool.close()
  }
}
