import type { Network } from '../../../shared/model/spec.ts'
import type { RunEventOf, RunRecord } from '../../../shared/run.ts'
import { exists, linkOrCopy } from '../files.ts'
import type { Model } from '../model/network.ts'
import { BestWeights } from './bestWeights.ts'
import { checkpointFile, restoreCheckpoint, saveCheckpoint } from './checkpoint.ts'
import type { Position } from './checkpoint.ts'
import { proveFork } from './fork.ts'
import { makeKeptEpoch, thinOut } from '../store/keptEpochs.ts'
import type { Learner } from './learner.ts'
import { isDone } from './progress.ts'
import { Receipt } from './receipt.ts'
import type { RunRecorder } from './runRecorder.ts'
import { savedWeights, saveLastAsBest, saveNetwork } from './saveNetwork.ts'
import type { WorkingTime } from './workingTime.ts'

const checkpointName = 'checkpoints/latest.safetensors'

/** What of a run is brought to the disk beside its events: checkpoints, the best and the last weights. */
export class Persistence {
  /** All that has learnt at any time: what a checkpoint holds. */
  readonly changed = new Set<string>()
  private readonly run: RunRecorder
  private readonly record: RunRecord
  private readonly model: Model
  private readonly learner: Learner
  private readonly best: BestWeights
  private readonly time: WorkingTime
  private readonly began: number
  private secondsBefore = 0
  private receipt: Receipt | undefined
  private fingerprints: Record<string, number> = {}

  constructor(
    run: RunRecorder,
    record: RunRecord,
    network: Network,
    model: Model,
    learner: Learner,
    time: WorkingTime,
  ) {
    this.run = run
    this.record = record
    this.model = model
    this.learner = learner
    this.time = time
    this.began = time.now()
    this.best = new BestWeights(run.folder, network, model.weights, record, (name) => this.pieces(name))
  }

  /** Seconds of computing, those before an interruption included, and no pauses. */
  seconds(): number {
    return this.secondsBefore + (this.time.now() - this.began) / 1000
  }

  /** The freeze receipt of the epochs from now on: a resumed epoch is compared with what it began with. */
  openReceipt(): Receipt {
    this.receipt = new Receipt(this.model.weights, this.model.kernels, this.fingerprints)
    return this.receipt
  }

  /** Puts the checkpoint back, and forgets the events after it. @returns where the run stands */
  async restore(): Promise<Position> {
    const { position, fingerprints, events, changed, best } = await restoreCheckpoint(this.run.folder, {
      weights: this.model.weights,
      optimizer: this.learner.optimizer,
      average: this.learner.average,
    })
    this.fingerprints = fingerprints
    this.secondsBefore = position.seconds
    for (const name of changed) this.changed.add(name)
    // Now, since the epoch that goes on may thaw more.
    this.best.load(best)
    await this.best.write()
    await this.run.rewind(events)
    return position
  }

  /** @returns the event that tells of it */
  async checkpoint(position: Position): Promise<RunEventOf<'checkpoint'>> {
    // Before the first step all is as the weight file and the seed have it; after the last one all is in best and last.
    const isNeeded = position.step > 0 && !isDone(position, this.record.config)
    await this.save(checkpointFile(this.run.folder), position, isNeeded)
    return { type: 'checkpoint', epoch: position.epoch, batch: position.batch, file: checkpointName }
  }

  /**
   * Keeps the checkpoint after an epoch, to fork from.
   * @param position at the end of that epoch, right after its checkpoint
   */
  async keep(position: Position): Promise<void> {
    const { folder } = this.run
    const { config } = this.record
    if (config.keepMegabytes === 0) return
    const epoch = position.epoch - 1
    const kept = await makeKeptEpoch(folder, epoch)
    // The last epoch's own checkpoint is empty: nothing is left to be resumed.
    if (isDone(position, config)) await this.save(kept.checkpoint, position, true)
    else await linkOrCopy(checkpointFile(folder), kept.checkpoint)
    // What is not in the checkpoint is in the best weights' file, which later epochs replace.
    const best = savedWeights(folder, 'best')
    if (this.best.pending.size === 0 && (await exists(best))) await linkOrCopy(best, kept.best)
    await thinOut(folder, { ...config, best: position.best?.epoch ?? epoch, last: epoch })
  }

  /** Whether a fork begins with the bytes of the run it parted from. @returns the event that tells so; undefined for others */
  async proveFork({ epoch, batch }: Position): Promise<RunEventOf<'forked'> | undefined> {
    const { fork } = this.record
    if (!fork || epoch !== fork.epoch + 1 || batch !== 0) return undefined
    const tensors = await proveFork(
      this.run.folder,
      fork,
      new Receipt(this.model.weights, this.model.kernels),
    )
    return { type: 'forked', from: fork.run, name: fork.name, epoch: fork.epoch, tensors }
  }

  private async save(file: string, position: Position, isNeeded: boolean): Promise<void> {
    await saveCheckpoint(file, {
      weights: this.model.weights,
      changed: isNeeded ? [...this.changed] : [],
      optimizer: isNeeded ? this.learner.optimizer : null,
      average: isNeeded ? this.learner.average : null,
      best: this.best.pending,
      position: { ...position, seconds: this.seconds() },
      fingerprints: this.receipt?.fingerprints() ?? this.fingerprints,
      events: this.run.events,
    })
  }

  /** The weights of now are the best. */
  async takeBest({ step }: Position): Promise<void> {
    await this.learner.withAverage(step, () => this.best.take(this.changed))
  }

  /** The best weights into their file, before others begin to learn or the run rests; the checkpoint then lacks them. */
  async writeBest(position: Position): Promise<void> {
    if (await this.best.write()) await this.checkpoint(position)
  }

  /** The weights at the end of the run, and the best ones if they still wait. @param position after the last epoch */
  async saveLast({ best, epoch, step }: Position): Promise<void> {
    const { run, record, model } = this
    if (best?.epoch === epoch - 1) {
      await this.best.write()
      return saveLastAsBest(run.folder)
    }
    // Side by side: what differs between the two is in the best one's copy.
    const last = this.learner.withAverage(step, () =>
      saveNetwork(run.folder, 'last', model.weights.specs, (name) => this.pieces(name), record),
    )
    const [written] = await Promise.allSettled([this.best.write(), last])
    await last
    if (written.status === 'rejected') throw written.reason
  }

  /** A tensor's values on their way into a file; the receipt hashes them, unless they are averages. */
  private pieces(name: string): Iterable<Float32Array> {
    const { weights } = this.model
    return this.receipt && !this.learner.average ? this.receipt.pieces(name) : weights.pieces(name)
  }
}
