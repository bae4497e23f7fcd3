import type { RunConfig } from '../../../shared/config.ts'
import { photosOf } from '../../../shared/dataset.ts'
import type { Photo } from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { scoreOf } from '../../../shared/metrics.ts'
import { largestBatch, peakBytes } from '../../../shared/model/cost.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { namedPlan } from '../../../shared/model/registry.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { viewsOf } from '../../../shared/preparation.ts'
import { randomFor, shuffled } from '../../../shared/random.ts'
import type { Forecast, RunEvent, RunRecord } from '../../../shared/run.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import type { Evaluation } from '../evaluation/evaluate.ts'
import { Model } from '../model/network.ts'
import type { Cut } from '../model/network.ts'
import type { Weights } from '../model/weights.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { currentFolders, placesIn } from '../store/paths.ts'
import { restoreCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { Features } from './features.ts'
import { FeatureStore } from './featureStore.ts'
import { Learner } from './learner.ts'
import type { Phase } from './learner.ts'
import { afterBatch, isBetter, nextEpoch, start } from './progress.ts'
import { Receipt } from './receipt.ts'
import type { RunFolder } from './runFolder.ts'
import { saveNetwork } from './saveNetwork.ts'

/** The plan that holds in an epoch: gradual unfreezing changes it. */
export function planFor(config: RunConfig, network: Network, epoch: number): Plan {
  const change = config.thaw.filter((it) => it.epoch <= epoch).toSorted((a, b) => b.epoch - a.epoch)[0]
  const choice = change?.plan ?? config.plan
  return typeof choice === 'string' ? namedPlan(network, choice) : choice
}

/** The layer a tensor belongs to. */
const layerOf = (tensor: string): string => tensor.slice(0, tensor.lastIndexOf('.'))

const checkpointName = 'checkpoints/latest.safetensors'

export interface Control {
  signal?: AbortSignal
  shouldPause?: () => Promise<void> | undefined
}

interface Stage extends Phase {
  features: Features
}

/** One run while it is computed: epochs of batches, each followed by an evaluation, a receipt and a checkpoint. */
export class Session {
  private readonly run: RunFolder
  private readonly record: RunRecord
  private readonly network: Network
  private readonly weights: Weights
  private readonly model: Model
  private readonly learner: Learner
  private readonly control: Control
  private readonly photos: Record<Photo['split'], Photo[]>
  /** All that has learnt at any time: what a checkpoint holds. */
  private readonly changed = new Set<string>()
  private readonly started = performance.now()
  private secondsBefore = 0
  /** What the evaluation before training took. */
  private secondsEvaluation = 0
  private store: FeatureStore | undefined
  private position = start()

  constructor(
    run: RunFolder,
    record: RunRecord,
    { network, weights }: { network: Network; weights: Weights },
    kernels: Kernels,
    control: Control,
  ) {
    this.run = run
    this.record = record
    this.network = network
    this.weights = weights
    this.control = control
    this.model = new Model(network, weights, kernels)
    this.photos = { train: photosOf(record.dataset, 'train'), val: photosOf(record.dataset, 'val') }
    const counts = record.classes.map((_, i) => this.photos.train.filter((photo) => photo.class === i).length)
    this.learner = new Learner(this.model, record.config, counts)
  }

  /** @param resumed go on from the folder's checkpoint */
  async *events(resumed: boolean): AsyncGenerator<RunEvent> {
    const { environment, dataset, preparation } = this.record
    const workers = await ViewWorkers.open({
      threads: environment.threads,
      folder: dataset.folder,
      preparation,
    })
    try {
      if (resumed) await this.restore()
      for await (const event of this.epochs(workers, resumed)) yield await this.run.record(event)
    } catch (error) {
      const { code, message, advice } = plainError(error)
      await this.run.record({ type: 'failed', code, message, advice }).catch(() => undefined)
      throw error
    } finally {
      await workers.close()
      await this.store?.close()
      this.learner.dispose()
      await this.run.release()
    }
  }

  private async *epochs(workers: ViewWorkers, resumed: boolean): AsyncGenerator<RunEvent> {
    const { config } = this.record
    let stage = await this.stage(workers)
    yield this.planEvent(stage)
    yield this.startedEvent()
    if (!resumed) {
      const at = performance.now()
      const before = await this.evaluate(stage)
      this.secondsEvaluation = (performance.now() - at) / 1000
      yield this.epochEvent(0, null, before, stage, this.secondsEvaluation, false)
      if (config.epochs === 0) await this.save('best')
    }
    const receipt = new Receipt(this.weights, this.model.kernels)
    while (this.position.epoch <= config.epochs) {
      const { epoch, batch } = this.position
      if (batch === 0 && config.thaw.some((it) => it.epoch === epoch)) {
        stage = await this.stage(workers)
        yield this.planEvent(stage)
      }
      const at = performance.now()
      for await (const event of this.batches(stage)) {
        yield event
        if (event.type === 'stopped') return
      }
      const { rates, updating } = stage.plan
      const tensors = receipt.issue((name) => rates.has(name) || updating.has(layerOf(name)))
      const { lossSum, correct, seen } = this.position
      const evaluation = await this.evaluate(stage)
      const better = isBetter(this.position, evaluation.score)
      const seconds = (performance.now() - at) / 1000
      yield this.epochEvent(epoch, scoreOf(lossSum, correct, seen), evaluation, stage, seconds, better)
      yield { type: 'receipt', epoch, tensors }
      if (better) await this.save('best')
      const next = nextEpoch(this.position, config, evaluation.score)
      this.position = next.position
      await this.checkpoint()
      yield { type: 'checkpoint', epoch, batch: 0, file: checkpointName }
      if (next.stop) {
        yield { type: 'stopped', epoch, batch: 0, reason: 'early-stopping' }
        break
      }
    }
    await this.save('last')
    yield this.finishedEvent()
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
    for await (const { x, places } of stage.features.batches(photos, rest, { epoch, batch: config.batch })) {
      const place = {
        step: this.position.step,
        stepsPerEpoch: batches,
        totalSteps: batches * config.epochs,
        warmup: config.warmup,
        cuts: this.position.plateau.cuts,
      }
      const targets = places.map((it) => photos[it]!.class)
      const { loss, correct } = this.learner.step(x, targets, stage, place)
      x.dispose()
      if (!Number.isFinite(loss))
        throw new ThawError('run.diverged', { batch: this.position.batch + 1, epoch })
      this.position = afterBatch(this.position, places.length, loss, correct)
      const { batch, lossSum, correct: right, seen } = this.position
      seenHere += places.length
      const photosPerSecond = seenHere / ((performance.now() - at) / 1000)
      const photosLeft = order.length - seen + (config.epochs - epoch) * order.length
      yield {
        type: 'batch',
        epoch,
        batch,
        batches,
        phase: 'train',
        loss: lossSum / seen,
        accuracy: right / seen,
        batchLoss: loss,
        photosPerSecond,
        secondsLeft: photosLeft / photosPerSecond,
        rates: stage.plan.groups.map((group) => this.learner.rateAt(group.rate, place)),
      }
      if (this.position.step === 2 && this.secondsEvaluation > 0)
        yield { type: 'forecast', forecast: this.forecast(stage, photosPerSecond) }
      // Gives signals and pauses their turn: the computation itself blocks the process.
      await new Promise((resolve) => setImmediate(resolve))
      await this.control.shouldPause?.()
      const asked = this.control.signal?.aborted ?? false
      if (asked || performance.now() - lastCheckpoint > config.checkpointMinutes * 60_000) {
        await this.checkpoint()
        lastCheckpoint = performance.now()
        yield { type: 'checkpoint', epoch, batch, file: checkpointName }
      }
      if (asked) {
        yield { type: 'stopped', epoch, batch, reason: 'asked' }
        return
      }
    }
  }

  /** What the plan of the present epoch makes of the network. */
  private async stage(workers: ViewWorkers): Promise<Stage> {
    const { config, preparation, dataset } = this.record
    const plan = resolvePlan(this.network, planFor(config, this.network, this.position.epoch))
    const cut = this.model.cutOf(plan)
    await this.store?.close()
    this.store = await this.openStore(cut)
    const buffers = this.weights.specs.filter(
      (spec) => spec.role === 'buffer' && plan.updating.has(layerOf(spec.name)),
    )
    const counters = buffers.filter((spec) => spec.dtype === 'int64').map((spec) => spec.name)
    const moving = [...plan.rates.keys(), ...buffers.map((spec) => spec.name)]
    for (const name of moving) this.changed.add(name)
    this.learner.average?.watch(moving.filter((name) => !counters.includes(name)))
    const features = new Features({
      model: this.model,
      workers,
      preparation,
      augmentation: config.augmentation,
      seed: config.seed,
      prefix: cut.prefix,
      keep: config.cache,
      store: this.store,
      folder: dataset.folder,
    })
    return { plan, cut, features }
  }

  /** Features that outlive the run: where there is a frozen part, and the weight file still describes all of it. */
  private async openStore(cut: Cut): Promise<FeatureStore | undefined> {
    const { config, weights, environment, preparation } = this.record
    if (!config.cache || cut.prefix === 0) return undefined
    if (this.model.parametersBelow(cut).some((name) => this.changed.has(name))) return undefined
    const { backend, backendVersion, threads, precision } = environment
    return FeatureStore.open(placesIn(currentFolders()).features, {
      weights: weights.sha256,
      cut: cut.name ?? '',
      preparation,
      environment: [backend, backendVersion, threads, precision],
    })
  }

  private evaluate({ features, cut }: Stage): Promise<Evaluation> {
    const { batch } = this.record.config
    return this.learner.withAverage(this.position.step, () =>
      evaluate(this.model, features, this.photos.val, { prefix: cut.prefix, batch }),
    )
  }

  private save(which: 'best' | 'last'): Promise<void> {
    return this.learner.withAverage(this.position.step, () =>
      saveNetwork(this.run.folder, which, this.weights, this.record),
    )
  }

  private checkpoint(): Promise<void> {
    return saveCheckpoint(this.run.folder, {
      weights: this.weights,
      changed: [...this.changed],
      optimizer: this.learner.optimizer,
      average: this.learner.average,
      position: { ...this.position, seconds: this.seconds() },
      events: this.run.events,
    })
  }

  private async restore(): Promise<void> {
    const { position, events, changed } = await restoreCheckpoint(this.run.folder, {
      weights: this.weights,
      optimizer: this.learner.optimizer,
      average: this.learner.average,
    })
    this.position = position
    this.secondsBefore = position.seconds
    for (const name of changed) this.changed.add(name)
    await this.run.rewind(events)
  }

  /** Seconds of computing, those before an interruption included. */
  private seconds(): number {
    return this.secondsBefore + (performance.now() - this.started) / 1000
  }

  /** What the first two batches say of the whole run, to be shown beside what it then took. */
  private forecast({ plan, features }: Stage, photosPerSecond: number): Forecast {
    const { config } = this.record
    const evaluation = features.isFixed('val') ? 0 : this.secondsEvaluation
    const first = this.photos.train.length / photosPerSecond + evaluation
    // With a fixed set of views, later epochs only read what the first ones computed.
    const views = features.isFixed('train') ? viewsOf(config.augmentation)! : config.epochs
    const later = features.isFixed('train') ? evaluation : first
    return {
      secondsFirstEpoch: first,
      secondsEpoch: later,
      secondsTotal:
        this.secondsEvaluation +
        first * Math.min(views, config.epochs) +
        later * Math.max(0, config.epochs - views),
      peakMiB: peakBytes(this.network, plan, config) / 2 ** 20,
      suggestedBatch: largestBatch(this.network, plan, config, 0.8 * process.availableMemory()),
    }
  }

  private planEvent({ plan, cut, features }: Stage): RunEvent {
    const parameters = this.weights.specs.filter((spec) => spec.role === 'parameter')
    return {
      type: 'plan',
      network: this.record.network,
      epoch: this.position.epoch,
      groups: plan.groups,
      frozen: parameters.map((spec) => spec.name).filter((name) => !plan.rates.has(name)),
      learns: plan.learns,
      total: plan.total,
      cut: cut.name,
      cached: (['train', 'val'] as const).filter((split) => features.isFixed(split)),
    }
  }

  private startedEvent(): RunEvent {
    const { record, position } = this
    return {
      type: 'started',
      run: record.id,
      folder: this.run.folder,
      environment: record.environment,
      classes: record.classes,
      train: this.photos.train.length,
      val: this.photos.val.length,
      unreadable: record.dataset.unreadable,
      epochs: record.config.epochs,
      epoch: position.step === 0 ? 0 : position.epoch,
      batch: position.batch,
      seed: record.config.seed,
    }
  }

  private epochEvent(
    epoch: number,
    train: ReturnType<typeof scoreOf> | null,
    { score, confusion }: Evaluation,
    { plan }: Stage,
    seconds: number,
    best: boolean,
  ): RunEvent {
    const rates = plan.groups.map((group) => group.rate)
    return { type: 'epoch', epoch, train, val: score, confusion, rates, seconds, best }
  }

  private finishedEvent(): RunEvent {
    return {
      type: 'finished',
      run: this.record.id,
      folder: this.run.folder,
      best: this.position.best ?? { epoch: 0, ...scoreOf(0, 0, 0) },
      seconds: this.seconds(),
      peakMiB: process.resourceUsage().maxRSS / 1024,
    }
  }
}
