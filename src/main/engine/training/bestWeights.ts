import { stat } from 'node:fs/promises'
import { sizeOf, tensorsOfNetwork, withClasses } from '../../../shared/model/layers.ts'
import { networkOf } from '../../../shared/model/registry.ts'
import type { Network } from '../../../shared/model/spec.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { exists } from '../files.ts'
import type { Weights } from '../model/weights.ts'
import { readRecord, trainedBy } from '../store/runFolder.ts'
import { openWeights } from '../weights/index.ts'
import { loadStrict } from '../weights/load.ts'
import { bestTensorsIn, checkpointFile } from './checkpoint.ts'
import { RunRecorder } from './runRecorder.ts'
import { saveNetwork, savedWeights } from './saveNetwork.ts'

/** Bytes of changed weights up to which the best ones are kept as a copy. */
const largestCopy = 2 ** 26

/** Whether the best weights' file waits until the run ends, where so many bytes learn. */
export const isBestWaiting = (bytes: number): boolean => bytes <= largestCopy

/** Milliseconds after which the file is written in any case. */
const longestDelay = 60_000

/**
 * The weights of the best epoch so far. Where little of the network learns, writing all of it takes several times as long as an
 * epoch: then a copy of what learns is kept, checkpoints hold it too, and the file is written once a minute and when the run
 * ends, stops or pauses.
 */
export class BestWeights {
  private readonly folder: string
  private readonly network: Network
  private readonly weights: Weights
  private readonly record: RunRecord
  private readonly pieces: (name: string) => Iterable<Float32Array>
  private copy = new Map<string, Float32Array>()
  private written = performance.now()

  /** @param pieces a tensor's values, on their way into the file */
  constructor(
    folder: string,
    network: Network,
    weights: Weights,
    record: RunRecord,
    pieces: (name: string) => Iterable<Float32Array>,
  ) {
    this.pieces = pieces
    this.folder = folder
    this.network = network
    this.weights = weights
    this.record = record
  }

  /** What the file lacks, by tensor, in PyTorch's layout; empty if nothing. */
  get pending(): ReadonlyMap<string, Float32Array> {
    return this.copy
  }

  /** Takes up what a checkpoint held. */
  load(pending: Map<string, Float32Array>): void {
    this.copy = pending
  }

  /**
   * The weights of now are the best.
   * @param changed all that has learnt so far
   * @throws ThawError disk.full, output.unwritable
   */
  async take(changed: ReadonlySet<string>): Promise<void> {
    // With a head that is new and counters that older files lack, the copy and the run's weight file make the network.
    const own = this.weights.specs.filter(
      ({ name, dtype }) => changed.has(name) || dtype === 'int64' || name.startsWith(`${this.network.head}.`),
    )
    const bytes = own.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
    if (!isBestWaiting(bytes) || performance.now() - this.written > longestDelay) {
      this.copy.clear()
      await this.save()
      return
    }
    this.copy = new Map(own.map(({ name }) => [name, this.weights.take(name)]))
  }

  /**
   * Brings the file up to date, as long as nothing else has begun to learn.
   * @returns whether it was not
   * @throws ThawError disk.full, output.unwritable
   */
  async write(): Promise<boolean> {
    if (this.copy.size === 0) return false
    await this.save()
    this.copy.clear()
    return true
  }

  private async save(): Promise<void> {
    const { folder, weights, record, copy } = this
    await saveNetwork(
      folder,
      'best',
      weights.specs,
      (name) => {
        const values = copy.get(name)
        return values ? [values] : this.pieces(name)
      },
      record,
    )
    this.written = performance.now()
  }
}

/** 0 if it is not there. */
const modifiedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

/**
 * The file of a run's best weights. A run that was killed may have left them in its checkpoint: then the file is made of that
 * and of the weights it began with.
 * @throws ThawError run.missing, run.damaged, run.locked if it is being trained and has no file yet, weights.*, disk.full
 */
export async function bestWeightsOf(folder: string): Promise<string> {
  const file = savedWeights(folder, 'best')
  const checkpoint = await openWeights(checkpointFile(folder)).catch(() => null)
  if (!checkpoint) return file
  try {
    const pending = bestTensorsIn(checkpoint)
    const written = await modifiedAt(file)
    if (pending.size === 0 || written >= (await modifiedAt(checkpoint.path))) return file
    if (written > 0 && trainedBy(folder) !== undefined) return file
    const run = await RunRecorder.open(folder)
    try {
      await complete(folder, (name) => {
        const stored = pending.get(name)
        return stored === undefined ? undefined : checkpoint.read(stored)
      })
    } finally {
      run.release()
    }
    return file
  } finally {
    await checkpoint.close()
  }
}

/** Writes the best weights: what `pending` has, and else the run's first weights, or its best so far, which share all the rest. */
async function complete(
  folder: string,
  pending: (name: string) => Promise<Float32Array> | undefined,
): Promise<void> {
  const record = await readRecord(folder)
  const network = withClasses(networkOf(record.network), record.classes.length)
  const before = savedWeights(folder, 'best')
  const source = await openWeights((await exists(before)) ? before : record.weights.file)
  try {
    const specs = tensorsOfNetwork(network)
    const { load } = loadStrict(source, specs, { network: network.title, head: network.head, newHead: true })
    await saveNetwork(folder, 'best', specs, (name) => pending(name) ?? load(name), record)
  } finally {
    await source.close()
  }
}
