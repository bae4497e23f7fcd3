import path from 'node:path'
import type { ThawError } from '../../../../shared/errors.ts'
import type { Preparation } from '../../../../shared/preparation.ts'
import type { OutcomeOptions, PoolOptions } from './pool.ts'
import { PhotoPool } from './pool.ts'
import type { PhotoTask, ViewRequest } from './tasks.ts'

export interface ViewJob {
  /** Absolute, or below the workers' folder. */
  path: string
  view: ViewRequest
}

/** [crop, crop, 3] of bytes, or why this photo could not be read. */
export type View = { pixels: Uint8Array<ArrayBuffer> } | { error: ThawError }

export interface ViewWorkersOptions extends PoolOptions {
  /** What relative paths are below of. */
  folder: string
  preparation: Preparation
}

/** Prepares photos of one folder for one network, in worker threads, ahead of who consumes them. */
export class ViewWorkers {
  private readonly pool: PhotoPool
  private readonly folder: string
  private readonly preparation: Preparation

  private constructor(pool: PhotoPool, { folder, preparation }: ViewWorkersOptions) {
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
        preparation: this.preparation,
      }
  }

  /**
   * The views of the jobs, in the jobs' order. A photo that cannot be read is an `error` in its place and ends nothing.
   * @throws ThawError `cancelled`
   */
  async *views(jobs: Iterable<ViewJob>, options: OutcomeOptions = {}): AsyncGenerator<View, void, undefined> {
    for await (const outcome of this.pool.outcomes(this.tasks(jobs), options))
      yield 'error' in outcome ? outcome : { pixels: outcome.result.pixels! }
  }

  /** Ends the threads; each finishes the photo it has in hand. */
  close(): Promise<void> {
    return this.pool.close()
  }
}
