import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RunConfig } from '../../../shared/config.ts'
import { photosOf } from '../../../shared/dataset.ts'
import type { Photo, SeenSplit } from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { scoreOf, sparseConfusion } from '../../../shared/metrics.ts'
import { largestBatch } from '../../../shared/model/cost.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { namedPlan } from '../../../shared/model/registry.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { randomFor, shuffled } from '../../../shared/random.ts'
import type { ScheduleState } from '../../../shared/schedule.ts'
import type { RunEvent, RunRecord } from '../../../shared/run.ts'
import type { Compute } from '../backend/compute.ts'
import { deviceError } from '../backend/memoryError.ts'
import { featureEnvironment } from '../bank/featureEnvironment.ts'
import { FeatureStore } from '../bank/featureStore.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import type { Evaluation } from '../evaluation/evaluate.ts'
import { Model } from '../model/network.ts'
import type { Weights } from '../model/weights.ts'
import type { PhotoPool } from '../preprocess/workers/pool.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { currentFolders, dataPaths } from '../store/paths.ts'
import { BestWeights } from './bestWeights.ts'
import { restoreCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { Features } from './features.ts'
import { Learner } from './learner.ts'
import { afterBatch, isBetter, isDone, isStale, nextEpoch, start } from './progress.ts'
import { Receipt } from './receipt.ts'
import type { RunRecorder } from './runRecorder.ts'
import { saveLastAsBest, saveNetwork } from './saveNetwork.ts'
import { finishedEvent, forecastOf, planEvent, startedEvent } from './sessionEvents.ts'
import type { Stage } from './sessionEvents.ts'

/** The plan that holds in an epoch: gradual unfreezing changes it. */
export function planFor(config: RunConfig, network: Network, epoch: number): Plan {
  const change = config.thaw.filter((it) => it.epoch <= epoch).toSorted((a, b) => b.epoch - a.epoch)[0]
  const choice = change?.plan ?? config.plan
  return typeof choice === 'string' ? namedPlan(network, choice) : choice
}

/** The layer a tensor belongs to. */
const layerOf = (tensor: string): string => tensor.slice(0, tensor.lastIndexOf('.'))

/** What is kept in memory of the fixed part's output, for both splits together, bytes. */
const keptFeatures = 2 ** 30

const checkpointName = 'checkpoints/latest.safetensors'

/** Failures between two batches: a person's wish to stop, a photo that is gone. The weights are whole then. */
const isBetweenBatches = (error: unknown): error is ThawError =>
  error instanceof ThawError && (error.code === 'cancelled' || error.code.startsWith('photo.'))

export interface Control {
  signal?: AbortSignal
  shouldPause?: () => Promise<void> | undefined
  /** What is to be told once it has started. */
  warnings?: readonly ThawError[]
}

/** What a run is computed with; the session closes none of it. */
export interface Materials {
  network: Network
  weights: Weights
  /** Decodes the photos. */
  pool: PhotoPool
}

/** One run while it is computed: epochs of batches, each followed by an evaluation, a receipt and a checkpoint. */
export class Session {
  private readonly run: RunRecorder
  private readonly record: RunRecord
  private readonly network: Network
  private readonly weights: Weights
  private readonly pool: PhotoPool
  private readonly compute: Compute
  private readonly model: Model
  private readonly learner: Learner
  private readonly best: BestWeights
  private readonly control: Control
  private readonly photos: Record<SeenSplit, Photo[]>
  /** All that has learnt at any time: what a checkpoint holds. */
  private readonly changed = new Set<string>()
  private readonly started = performance.now()
  private secondsBefore = 0
  /** What the evaluation before training took. */
  private secondsEvaluation = 0
  private stores: FeatureStore[] = []
  private position = start()
  private receipt: Receipt | undefined
  private fingerprints: Record<string, number> = {}

  constructor(
    run: RunRecorder,
    record: RunRecord,
    { network, weights, pool }: Materials,
    compute: Compute,
    control: Control,
  ) {
    this.run = run
    this.record = record
    this.network = network
    this.weights = weights
    this.pool = pool
    this.compute = compute
    this.control = control
    this.model = new Model(network, weights, compute.kernels)
    this.photos = { train: photosOf(record.dataset, 'train'), val: photosOf(record.dataset, 'val') }
    const counts = record.classes.map((_, i) => this.photos.train.filter((photo) => photo.class === i).length)
    this.best = new BestWeights(run.folder, network, weights, record, (name) => this.pieces(name))
    this.learner = new Learner(this.model, record.config, counts)
  }

  /** @param resumed go on from the folder's checkpoint */
  async *events(resumed: boolean): AsyncGenerator<RunEvent> {
    const { dataset, preparation } = this.record
    const workers = new ViewWorkers(this.pool, { folder: dataset.folder, preparation })
    try {
      if (resumed) await this.restore()
      // From here on the run can be resumed.
      else await this.checkpoint()
      for await (const event of this.untilStopped(workers)) yield await this.run.record(event)
    } catch (thrown) {
      const error = this.told(thrown)
      await this.run.record({ type: 'failed', ...plainError(error) }).catch(() => undefined)
      throw error
    } finally {
      await this.closeStores()
      this.learner.dispose()
      this.run.release()
    }
  }

  /** An error of the device in words, with a batch that leaves it room. */
  private told(error: unknown): unknown {
    const { config, environment } = this.record
    const plan = resolvePlan(this.network, planFor(config, this.network, this.position.epoch))
    const fits = largestBatch(this.network, plan, config, this.compute.available())
    return deviceError(error, environment.device, Math.ceil(config.batch / config.accumulate), fits)
  }

  /** Keeps what was learnt when the epochs are cut short, and ends quietly where that was asked for. */
  private async *untilStopped(workers: ViewWorkers): AsyncGenerator<RunEvent> {
    try {
      yield* this.epochs(workers)
    } catch (error) {
      if (!isBetweenBatches(error)) throw error
      await this.checkpoint()
      if (await this.best.write()) await this.checkpoint()
      const { epoch, batch } = this.position
      yield { type: 'checkpoint', epoch, batch, file: checkpointName }
      if (error.code !== 'cancelled') throw error
      yield { type: 'stopped', epoch, batch, reason: 'asked' }
    }
  }

  private async *epochs(workers: ViewWorkers): AsyncGenerator<RunEvent> {
    const { config } = this.record
    let stage = await this.stage(workers)
    const begun = this.position.epoch
    yield planEvent(this.network.name, this.weights, this.position.epoch, stage)
    yield startedEvent(this.record, this.run.folder, this.position)
    for (const { code, message, advice, parameters } of this.control.warnings ?? [])
      yield { type: 'warning', code, message: `${message} ${advice}`, parameters }
    if (begun === 0) {
      const at = performance.now()
      const before = await this.evaluate(stage)
      this.secondsEvaluation = (performance.now() - at) / 1000
      yield this.epochEvent(0, null, before, stage, this.secondsEvaluation, false)
      this.position = { ...this.position, epoch: 1 }
      if (config.epochs === 0) {
        this.position.best = { ...before.score, epoch: 0 }
        await this.best.take(this.changed)
        await this.saveLast()
      }
      await this.checkpoint()
    }
    this.receipt = new Receipt(this.weights, this.model.kernels, this.fingerprints)
    while (!isDone(this.position, config)) {
      const { epoch } = this.position
      if (epoch > begun && config.thaw.some((it) => it.epoch === epoch)) {
        await this.best.write()
        stage = await this.stage(workers)
        yield planEvent(this.network.name, this.weights, this.position.epoch, stage)
      }
      const at = performance.now()
      yield* this.batches(stage)
      const evaluation = await this.evaluate(stage)
      // From here to the checkpoint nobody can stop it, so that no receipt is issued twice.
      const { learningRates, updating } = stage.plan
      const mayChange = (name: string) => learningRates.has(name) || updating.has(layerOf(name))
      this.receipt.check(mayChange)
      const { lossSum, correct, seen } = this.position
      const better = isBetter(this.position, evaluation.score)
      const seconds = (performance.now() - at) / 1000
      yield this.epochEvent(epoch, scoreOf(lossSum, correct, seen), evaluation, stage, seconds, better)
      if (better) await this.learner.withAverage(this.position.step, () => this.best.take(this.changed))
      this.position = nextEpoch(this.position, config, evaluation.score)
      if (isDone(this.position, config)) await this.saveLast()
      yield { type: 'receipt', epoch, tensors: this.receipt.issue(mayChange) }
      await this.checkpoint()
      yield { type: 'checkpoint', epoch, batch: 0, file: checkpointName }
    }
    if (isStale(this.position, config))
      yield { type: 'stopped', epoch: this.position.epoch - 1, batch: 0, reason: 'early-stopping' }
    yield finishedEvent(this.record.id, this.run.folder, this.position, this.seconds())
  }

  private async *batches(stage: Stage): AsyncGenerator<RunEvent> {
    const { config } = this.record
    const { epoch } = this.position
    const photos = this.photos.train
    const order = shuffled(photos.length, randomFor(config.seed, 'shuffle', epoch))
    const batches = Math.ceil(order.length / config.batch)
    const rest = order.slice(this.position.batch * config.batch)
    const at = performance.now()
    let lastCheckpoint = at
    let seenHere = 0
    const how = { epoch, batch: config.batch }
    const features = stage.features.train.batches(photos, rest, how)
    const from = { first: this.position.batch, step: this.position.step }
    for await (const { x, indices, ahead } of this.learner.drawn(features, stage, from)) {
      const state = this.scheduleAt(this.position.step)
      const targets = indices.map((it) => photos[it]!.class)
      const { loss, correct } = this.learner.step(x, targets, stage, state)
      x.dispose()
      if (!Number.isFinite(loss))
        throw new ThawError('run.diverged', { batch: this.position.batch + 1, epoch })
      this.position = afterBatch(this.position, indices.length, loss, correct)
      const { batch, lossSum, correct: right, seen } = this.position
      seenHere += indices.length
      // Where the frozen part is computed ahead of small batches, most of the work on those photos is done.
      const photosPerSecond = (seenHere + ahead) / ((performance.now() - at) / 1000)
      const photosLeft = order.length - seen + (config.epochs - epoch) * order.length
      yield {
        type: 'batch',
        epoch,
        batch,
        batches,
        loss: lossSum / seen,
        accuracy: right / seen,
        batchLoss: loss,
        photosPerSecond,
        secondsLeft: photosLeft / photosPerSecond,
        learningRates: stage.plan.groups.map((group) =>
          this.learner.learningRateAt(group.learningRate, state),
        ),
      }
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
      await this.pause()
      if (this.control.signal?.aborted) throw new ThawError('cancelled')
      if (performance.now() - lastCheckpoint > config.checkpointMinutes * 60_000) {
        await this.checkpoint()
        lastCheckpoint = performance.now()
        yield { type: 'checkpoint', epoch, batch, file: checkpointName }
      }
    }
  }

  /** Waits while it is wanted, with the best weights in their file: a paused run can be used. */
  private async pause(): Promise<void> {
    const waiting = this.control.shouldPause?.()
    if (!waiting) return
    if (await this.best.write()) await this.checkpoint()
    await waiting
  }

  /** Where the schedule is at a step of the present epoch. */
  private scheduleAt(step: number): ScheduleState {
    const { batch, epochs, warmup } = this.record.config
    const stepsPerEpoch = Math.ceil(this.photos.train.length / batch)
    const { cuts } = this.position.plateau
    return { step, stepsPerEpoch, totalSteps: stepsPerEpoch * epochs, warmup, cuts }
  }

  /** What the plan of the present epoch makes of the network. */
  private async stage(workers: ViewWorkers): Promise<Stage> {
    const { config, preparation, dataset } = this.record
    const plan = resolvePlan(this.network, planFor(config, this.network, this.position.epoch))
    const cut = this.model.cutOf(plan)
    const buffers = this.weights.specs.filter(
      (spec) => spec.role === 'buffer' && plan.updating.has(layerOf(spec.name)),
    )
    const counters = buffers.filter((spec) => spec.dtype === 'int64').map((spec) => spec.name)
    const moving = [...plan.learningRates.keys(), ...buffers.map((spec) => spec.name)]
    for (const name of moving) this.changed.add(name)
    this.learner.average?.watch(moving.filter((name) => !counters.includes(name)))
    await this.closeStores()
    const store = await this.openStore(cut.prefix, cut.names.prefix)
    const isSame = cut.learning === cut.prefix
    const stores = {
      train: store,
      val: isSame ? store : await this.openStore(cut.learning, cut.names.learning),
    }
    const all = this.photos.train.length + this.photos.val.length
    const featuresOf = (split: SeenSplit, prefix: number): Features =>
      new Features({
        model: this.model,
        workers,
        preparation,
        augmentation: config.augmentation,
        seed: config.seed,
        split,
        prefix,
        keep: config.cache,
        memory: (keptFeatures * this.photos[split].length) / all,
        store: stores[split],
        folder: dataset.folder,
      })
    const features = { train: featuresOf('train', cut.prefix), val: featuresOf('val', cut.learning) }
    return { plan, cut, features }
  }

  private async closeStores(): Promise<void> {
    for (const store of this.stores.splice(0)) await store.close()
  }

  /**
   * Features that outlive the run: where there is a fixed part, and the weight file still describes all of it.
   * @param prefix number of its steps
   * @param name of its last layer
   */
  private async openStore(prefix: number, name: string | null): Promise<FeatureStore | undefined> {
    const { config, weights, environment, preparation } = this.record
    if (!config.cache || prefix === 0) return undefined
    if (this.model.parametersBelow(prefix).some((it) => this.changed.has(it))) return undefined
    const store = await FeatureStore.open(dataPaths(currentFolders()).features, {
      weights: weights.sha256,
      cut: name ?? '',
      preparation,
      environment: featureEnvironment(environment),
    })
    if (store) this.stores.push(store)
    return store
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
    return evaluation
  }

  /** A tensor's values on their way into a file; the receipt hashes them, unless they are averages. */
  private pieces(name: string): Iterable<Float32Array> {
    return this.receipt && !this.learner.average ? this.receipt.pieces(name) : this.weights.pieces(name)
  }

  private async saveLast(): Promise<void> {
    const { run, weights, record, position } = this
    if (position.best?.epoch === position.epoch - 1) {
      await this.best.write()
      return saveLastAsBest(run.folder)
    }
    // Side by side: what differs between the two is in the best one's copy.
    const last = this.learner.withAverage(position.step, () =>
      saveNetwork(run.folder, 'last', weights.specs, (name) => this.pieces(name), record),
    )
    const [best] = await Promise.allSettled([this.best.write(), last])
    await last
    if (best.status === 'rejected') throw best.reason
  }

  private checkpoint(): Promise<void> {
    // Before the first step all is as the weight file and the seed have it; after the last one all is in best and last.
    const isNeeded = this.position.step > 0 && !isDone(this.position, this.record.config)
    return saveCheckpoint(this.run.folder, {
      weights: this.weights,
      changed: isNeeded ? [...this.changed] : [],
      optimizer: isNeeded ? this.learner.optimizer : null,
      average: isNeeded ? this.learner.average : null,
      best: this.best.pending,
      position: { ...this.position, seconds: this.seconds() },
      fingerprints: this.receipt?.fingerprints() ?? this.fingerprints,
      events: this.run.events,
    })
  }

  private async restore(): Promise<void> {
    const { position, fingerprints, events, changed, best } = await restoreCheckpoint(this.run.folder, {
      weights: this.weights,
      optimizer: this.learner.optimizer,
      average: this.learner.average,
    })
    this.position = position
    this.fingerprints = fingerprints
    this.secondsBefore = position.seconds
    for (const name of changed) this.changed.add(name)
    // Now, since the epoch that goes on may thaw more.
    this.best.load(best)
    await this.best.write()
    await this.run.rewind(events)
  }

  /** Seconds of computing, those before an interruption included. */
  private seconds(): number {
    return this.secondsBefore + (performance.now() - this.started) / 1000
  }

  private epochEvent(
    epoch: number,
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
      epoch,
      train,
      val: score,
      confusion: sparseConfusion(confusion),
      learningRates,
      seconds,
      best,
    }
  }
}
