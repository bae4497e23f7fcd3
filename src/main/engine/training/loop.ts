import { setImmediate as nextTurn } from 'node:timers/promises'
import { photosOf } from '../../../shared/dataset.ts'
import { onPhotosOf } from '../../../shared/model/layers.ts'
import type { Photo, SeenSplit } from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { scoreOf, sparseConfusion } from '../../../shared/metrics.ts'
import { largestBatch } from '../../../shared/model/cost.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { orderOfEpoch } from '../../../shared/random.ts'
import type { ScheduleState } from '../../../shared/schedule.ts'
import type { RunEvent, RunEventOf, RunRecord } from '../../../shared/run.ts'
import type { Compute } from '../backend/compute.ts'
import { deviceError } from '../backend/memoryError.ts'
import { keepEpochAnswers } from '../store/epochAnswers.ts'
import { writeTensorBoard } from '../evaluation/tensorBoard.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import type { Evaluation } from '../evaluation/evaluate.ts'
import { Model } from '../model/network.ts'
import type { Weights } from '../model/weights.ts'
import type { PhotoPool } from '../preprocess/workers/pool.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { Learner } from './learner.ts'
import { finishedEvent, forecastOf, planEvent, startedEvent } from './loopEvents.ts'
import { Load } from './load.ts'
import { isMeasured, StepNorms } from './norms.ts'
import { Persistence } from './persistence.ts'
import { afterBatch, isBetter, isDone, isStale, nextEpoch, start } from './progress.ts'
import type { Receipt } from './receipt.ts'
import type { RunRecorder } from './runRecorder.ts'
import { plansIn } from './stageChange.ts'
import { planFor } from '../../../shared/planFor.ts'
import { Stages } from './stages.ts'
import type { Stage } from './stages.ts'
import { WorkingTime } from './workingTime.ts'

/** Failures between two batches: a person's wish to stop, a photo that is gone. The weights are whole then. */
const isBetweenBatches = (error: unknown): error is ThawError =>
  error instanceof ThawError && (error.code === 'cancelled' || error.code.startsWith('photo.'))

export interface Control {
  signal?: AbortSignal
  shouldPause?: () => (() => Promise<void>) | undefined
  shouldStop?: () => boolean
  /** What is to be told once it has started. */
  warnings?: readonly ThawError[]
}

/** What a run is computed with; the loop closes none of it. */
export interface Materials {
  network: Network
  weights: Weights
  /** Decodes the photos. */
  pool: PhotoPool
}

/** One run while it is computed: epochs of batches, each followed by an evaluation, a receipt and a checkpoint. */
export class TrainingLoop {
  private readonly run: RunRecorder
  private readonly record: RunRecord
  private readonly network: Network
  private readonly compute: Compute
  private readonly model: Model
  private readonly learner: Learner
  private readonly disk: Persistence
  private readonly stages: Stages
  private readonly control: Control
  private readonly time = new WorkingTime()
  private readonly photos: Record<SeenSplit, Photo[]>
  private position = start()
  /** What the evaluation before training took. */
  private secondsEvaluation = 0

  constructor(
    run: RunRecorder,
    given: RunRecord,
    { network, weights, pool }: Materials,
    compute: Compute,
    control: Control,
  ) {
    // Its plans may change while it is trained; the caller's settings stay as they are.
    const record = { ...given, config: { ...given.config } }
    const { config, classes, dataset, preparation } = record
    this.run = run
    this.record = record
    this.network = network
    this.compute = compute
    this.control = control
    this.photos = { train: photosOf(dataset, 'train'), val: photosOf(dataset, 'val') }
    this.model = new Model(network, weights, compute.kernels)
    const counts = classes.map((_, i) => this.photos.train.filter((photo) => photo.class === i).length)
    this.learner = new Learner(this.model, config, counts)
    this.disk = new Persistence(run, record, network, this.model, this.learner, this.time)
    this.stages = new Stages({
      record,
      network,
      model: this.model,
      photos: this.photos,
      workers: new ViewWorkers(pool, { folder: dataset.folder, preparation }),
      average: this.learner.average,
      changed: this.disk.changed,
    })
  }

  /** @param resumed go on from the folder's checkpoint */
  async *events(resumed: boolean): AsyncGenerator<RunEvent> {
    try {
      if (resumed) this.position = await this.disk.restore()
      // From here on the run can be resumed.
      else await this.disk.checkpoint(this.position)
      for await (const event of this.untilStopped()) {
        const recorded = await this.run.record(event)
        // A picture of what the events tell, there before anyone hears of the end: without it nothing is lost.
        if (event.type === 'finished' || event.type === 'stopped')
          await writeTensorBoard(this.run.folder).catch(() => undefined)
        yield recorded
      }
    } catch (thrown) {
      const error = this.told(thrown)
      await this.run.record({ type: 'failed', ...plainError(error) }).catch(() => undefined)
      throw error
    } finally {
      await this.stages.close()
      this.learner.dispose()
      this.run.release()
    }
  }

  /** An error of the device in words, with a batch that leaves it room. */
  private told(error: unknown): unknown {
    const { config, environment, preparation } = this.record
    const plan = resolvePlan(this.network, planFor(config, this.network, this.position.epoch))
    const seen = onPhotosOf(this.network, preparation.crop)
    const fits = largestBatch(seen, plan, config, this.compute.available())
    return deviceError(error, environment.device, Math.ceil(config.batch / config.accumulate), fits)
  }

  /** Keeps what was learnt when the epochs are cut short, and ends quietly where that was asked for. */
  private async *untilStopped(): AsyncGenerator<RunEvent> {
    try {
      yield* this.epochs()
    } catch (error) {
      if (!isBetweenBatches(error)) throw error
      const checkpoint = await this.disk.checkpoint(this.position)
      await this.disk.writeBest(this.position)
      yield checkpoint
      if (error.code !== 'cancelled') throw error
      const { epoch, batch } = this.position
      yield { type: 'stopped', epoch, batch, reason: 'asked' }
    }
  }

  private async *epochs(): AsyncGenerator<RunEvent> {
    const begun = this.position.epoch
    let stage = await this.stages.open(begun)
    yield planEvent(this.network.name, this.model.weights, begun, stage)
    yield startedEvent(this.record, this.run.folder, this.position)
    for (const { code, message, advice, parameters } of this.control.warnings ?? [])
      yield { type: 'warning', code, message: `${message} ${advice}`, parameters }
    const forked = await this.disk.proveFork(this.position)
    if (forked) yield forked
    if (begun === 0) yield* this.beforeTraining(stage)

    const receipt = this.disk.openReceipt()
    while (!isDone(this.position, this.record.config)) {
      const { epoch } = this.position
      // A person may have changed the plan while the run was paused.
      if (epoch > begun) this.record.config.thaw = await plansIn(this.run.folder)
      if (epoch > begun && this.record.config.thaw.some((it) => it.epoch === epoch)) {
        await this.disk.writeBest(this.position)
        stage = await this.stages.open(epoch)
        yield planEvent(this.network.name, this.model.weights, epoch, stage)
      }
      yield* this.epoch(stage, receipt)
      if (this.control.shouldStop?.() && !isDone(this.position, this.record.config))
        throw new ThawError('cancelled')
    }

    if (isStale(this.position, this.record.config))
      yield { type: 'stopped', epoch: this.position.epoch - 1, batch: 0, reason: 'early-stopping' }
    yield finishedEvent(this.record.id, this.run.folder, this.position, this.disk.seconds())
  }

  /** Epoch 0: what the network answers before anything has learnt. It counts as best only where nothing will learn. */
  private async *beforeTraining(stage: Stage): AsyncGenerator<RunEvent> {
    const at = performance.now()
    const before = await this.evaluate(stage)
    this.secondsEvaluation = (performance.now() - at) / 1000
    yield this.epochEvent(null, before, stage, this.secondsEvaluation, false)
    this.position = { ...this.position, epoch: 1 }
    if (this.record.config.epochs === 0) {
      this.position.best = { ...before.score, epoch: 0 }
      await this.disk.takeBest(this.position)
      await this.disk.saveLast(this.position)
    }
    await this.disk.checkpoint(this.position)
  }

  /** One epoch. From the evaluation's end to the checkpoint nobody can stop it, so that no receipt is issued twice. */
  private async *epoch(stage: Stage, receipt: Receipt): AsyncGenerator<RunEvent> {
    const { config } = this.record
    const { epoch } = this.position
    const at = this.time.now()
    yield* this.batches(stage)
    const evaluation = await this.evaluate(stage)

    receipt.check(stage.mayChange)
    const { lossSum, correct, seen } = this.position
    const better = isBetter(this.position, evaluation.score)
    const seconds = (this.time.now() - at) / 1000
    yield this.epochEvent(scoreOf(lossSum, correct, seen), evaluation, stage, seconds, better)
    if (better) await this.disk.takeBest(this.position)
    this.position = nextEpoch(this.position, config, evaluation.score)
    if (isDone(this.position, config)) await this.disk.saveLast(this.position)
    yield { type: 'receipt', epoch, tensors: receipt.issue(stage.mayChange) }
    const checkpoint = await this.disk.checkpoint(this.position)
    await this.disk.keep(this.position)
    yield { ...checkpoint, epoch }
  }

  private async *batches(stage: Stage): AsyncGenerator<RunEvent> {
    const { config } = this.record
    const { epoch } = this.position
    const photos = this.photos.train
    const order = orderOfEpoch(config.seed, epoch, photos.length)
    const rest = order.slice(this.position.batch * config.batch)
    const at = this.time.now()
    let lastCheckpoint = at
    let seenHere = 0
    const { signal } = this.control
    const how = { epoch, batch: config.batch, ...(signal && { signal }) }
    const features = stage.features.train.batches(photos, rest, how)
    const from = { first: this.position.batch, step: this.position.step }
    const load = new Load()
    for await (const { x, indices, ahead } of this.learner.drawn(features, stage, from)) {
      const state = this.scheduleAt(this.position.step)
      const targets = indices.map((it) => photos[it]!.class)
      const norms = isMeasured(state.step, state.totalSteps) ? new StepNorms() : undefined
      const { loss, correct } = this.learner.step(x, targets, stage, state, norms)
      x.dispose()
      if (!Number.isFinite(loss))
        throw new ThawError('run.diverged', { batch: this.position.batch + 1, epoch })
      this.position = afterBatch(this.position, indices.length, loss, correct)
      seenHere += indices.length
      // Where the frozen part is computed ahead of small batches, most of the work on those photos is done.
      const photosPerSecond = (seenHere + ahead) / ((this.time.now() - at) / 1000)
      yield { ...this.batchEvent(stage, state, { batchLoss: loss, photosPerSecond }), ...load.read() }
      const parameters = norms?.told()
      if (parameters) yield { type: 'norms', epoch, batch: this.position.batch, parameters }
      if (this.position.step === 2 && this.secondsEvaluation > 0)
        yield {
          type: 'forecast',
          forecast: forecastOf(this.record, this.network, stage, {
            secondsEvaluation: this.secondsEvaluation,
            photosPerSecond,
            available: this.compute.available(),
          }),
        }
      // Gives signals and pauses their turn: the computation itself blocks the process.
      await nextTurn()
      yield* this.pause()
      if (this.control.signal?.aborted) throw new ThawError('cancelled')
      if (this.time.now() - lastCheckpoint > config.checkpointMinutes * 60_000) {
        yield await this.disk.checkpoint(this.position)
        lastCheckpoint = this.time.now()
      }
    }
  }

  /** What the epoch has come to with the batch before the present position. */
  private batchEvent(
    { plan }: Stage,
    at: ScheduleState,
    { batchLoss, photosPerSecond }: Pick<RunEventOf<'batch'>, 'batchLoss' | 'photosPerSecond'>,
  ): RunEventOf<'batch'> {
    const { epochs } = this.record.config
    const { epoch, batch, lossSum, correct, seen } = this.position
    const all = this.photos.train.length
    return {
      type: 'batch',
      epoch,
      batch,
      batches: at.stepsPerEpoch,
      loss: lossSum / seen,
      accuracy: correct / seen,
      batchLoss,
      photosPerSecond,
      secondsLeft: (all - seen + (epochs - epoch) * all) / photosPerSecond,
      learningRates: plan.groups.map((group) => this.learner.learningRateAt(group.learningRate, at)),
    }
  }

  /** Waits while it is wanted, with the best weights in their file: a paused run can be used. */
  private async *pause(): AsyncGenerator<RunEvent> {
    const wait = this.control.shouldPause?.()
    if (!wait) return
    const { epoch, batch } = this.position
    const at = { epoch, batch, batches: this.scheduleAt(this.position.step).stepsPerEpoch }
    // Before the checkpoint, which counts the events that belong to it.
    yield { type: 'paused', ...at }
    await this.disk.writeBest(this.position)
    const seconds = await this.time.rest(wait)
    if (!this.control.signal?.aborted) yield { type: 'resumed', ...at, seconds }
  }

  /** Where the schedule is at a step of the present epoch. */
  private scheduleAt(step: number): ScheduleState {
    const { batch, epochs, warmup } = this.record.config
    const stepsPerEpoch = Math.ceil(this.photos.train.length / batch)
    const { cuts } = this.position.plateau
    return { step, stepsPerEpoch, totalSteps: stepsPerEpoch * epochs, warmup, cuts }
  }

  /** @throws ThawError run.validation-diverged: no event, checkpoint or weight file is written of what is no number */
  private async evaluate({ features, cut }: Stage): Promise<Evaluation> {
    const { batch } = this.record.config
    const { signal } = this.control
    const { epoch, step } = this.position
    const options = { prefix: cut.learning, batch, ...(signal && { signal }) }
    const evaluation = await this.learner.withAverage(step, () =>
      evaluate(this.model, features.val, this.photos.val, options),
    )
    if (!Number.isFinite(evaluation.score.loss)) throw new ThawError('run.validation-diverged', { epoch })
    await keepEpochAnswers(this.run.folder, { epoch, ...evaluation })
    return evaluation
  }

  private epochEvent(
    train: ReturnType<typeof scoreOf> | null,
    { score, confusion }: Evaluation,
    { plan }: Stage,
    seconds: number,
    best: boolean,
  ): RunEvent {
    const at = this.scheduleAt(Math.max(this.position.step - 1, 0))
    const learningRates = plan.groups.map((group) => this.learner.learningRateAt(group.learningRate, at))
    return {
      type: 'epoch',
      epoch: this.position.epoch,
      train,
      val: score,
      confusion: sparseConfusion(confusion),
      learningRates,
      seconds,
      best,
    }
  }
}
