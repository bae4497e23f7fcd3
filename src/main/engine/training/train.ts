import path from 'node:path'
import type { RunConfig } from '../../../shared/config.ts'
import type { Dataset, Photo } from '../../../shared/dataset.ts'
import { photosOf } from '../../../shared/dataset.ts'
import { plainError, ThawError } from '../../../shared/errors.ts'
import { emptyConfusion, scoreOf } from '../../../shared/metrics.ts'
import type { Score } from '../../../shared/metrics.ts'
import type { Plan, ResolvedPlan } from '../../../shared/model/plan.ts'
import { resolvePlan } from '../../../shared/model/plan.ts'
import { namedPlan } from '../../../shared/model/registry.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { randomFor, seedFor, shuffled } from '../../../shared/random.ts'
import type { RunEvent, RunRecord } from '../../../shared/run.ts'
import { openCompute } from '../backend/compute.ts'
import type { Compute } from '../backend/compute.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { requireTrainable } from '../datasets/requireTrainable.ts'
import { Model } from '../model/network.ts'
import type { Cut } from '../model/network.ts'
import { openNetwork, sha256Of } from '../model/open.ts'
import type { OpenedNetwork } from '../model/open.ts'
import { ViewWorkers } from '../preprocess/workers/viewWorkers.ts'
import { currentFolders, placesIn } from '../store/paths.ts'
import { readRecord } from '../store/runFolder.ts'
import { writeSafetensors } from '../weights/safetensors-writer.ts'
import { restoreCheckpoint, saveCheckpoint } from './checkpoint.ts'
import type { Position } from './checkpoint.ts'
import { Features } from './features.ts'
import { FeatureStore } from './featureStore.ts'
import { balancedWeights, crossEntropy, weightOf } from './loss.ts'
import type { LossOptions } from './loss.ts'
import { MovingAverage } from './movingAverage.ts'
import { clipGradients, Optimizer } from './optimizer.ts'
import { Receipt } from './receipt.ts'
import { RunFolder } from './runFolder.ts'
import { afterEpoch, freshPlateau, momentumAt, rateAt } from './schedule.ts'

export interface TrainOptions {
  home: string
  /** The run's folder itself, absent or empty; by default one in the data folder. */
  folder?: string
  dataset: Dataset
  config: RunConfig
  name?: string
  signal?: AbortSignal
  shouldPause?: () => Promise<void> | undefined
}

type ResumeOptions = Pick<TrainOptions, 'home' | 'signal' | 'shouldPause'>

/** The plan that holds in an epoch: gradual unfreezing changes it. */
function planFor(config: RunConfig, network: Network, epoch: number): Plan {
  const change = config.thaw.filter((it) => it.epoch <= epoch).toSorted((a, b) => b.epoch - a.epoch)[0]
  const choice = change?.plan ?? config.plan
  return typeof choice === 'string' ? namedPlan(network, choice) : choice
}

const newId = (): string =>
  `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}-${Math.random().toString(36).slice(2, 6)}`

/**
 * Trains a network and records the run.
 * @throws ThawError before the first event if the run cannot begin; after that it is recorded as `failed` first
 */
export async function* train(options: TrainOptions): AsyncGenerator<RunEvent> {
  const { config, dataset } = options
  requireTrainable(dataset)
  const compute = await openCompute(config.threads, config.precision)
  const opened = await openNetwork({
    backbone: config.backbone,
    file: config.weights,
    newHead: { classes: dataset.classes.length, seed: config.seed },
  })
  try {
    for (const epoch of [1, ...config.thaw.map((it) => it.epoch)])
      resolvePlan(opened.network, planFor(config, opened.network, epoch))
    const id = newId()
    const record: RunRecord = {
      format: 1,
      id,
      name: options.name ?? `${path.basename(dataset.folder)} · ${opened.network.title}`,
      created: new Date().toISOString(),
      config,
      network: config.backbone,
      classes: dataset.classes,
      preparation: config.preparation ?? opened.preparation,
      dataset: {
        folder: dataset.folder,
        layout: dataset.layout,
        photos: dataset.photos,
        unreadable: dataset.unreadable.length,
      },
      weights: {
        file: path.resolve(opened.file),
        sha256: await sha256Of(opened.file),
        headReplaced: opened.headReplaced,
      },
      environment: compute.environment,
    }
    const runs = placesIn({ home: options.home, cache: options.home }).runs
    const run = await RunFolder.create(options.folder ?? path.join(runs, id), record)
    yield* new Session(run, record, opened, compute, options).run()
  } finally {
    opened.weights.dispose()
  }
}

/** Goes on from the last checkpoint. @throws ThawError run.missing, run.finished, run.no-checkpoint, run.other-machine */
export async function* resume(folder: string, options: ResumeOptions): AsyncGenerator<RunEvent> {
  const record = await readRecord(folder)
  const compute = await openCompute(record.environment.threads, record.config.precision)
  const { environment } = compute
  const differs = (['backend', 'backendVersion', 'threads'] as const).find(
    (key) => environment[key] !== record.environment[key],
  )
  if (differs)
    throw new ThawError('run.other-machine', {
      run: record.name,
      then: `${differs} ${record.environment[differs]}`,
      now: `${differs} ${environment[differs]}`,
    })
  const opened = await openNetwork({
    backbone: record.config.backbone,
    file: record.weights.file,
    newHead: { classes: record.classes.length, seed: record.config.seed },
  })
  try {
    const run = await RunFolder.open(folder)
    yield* new Session(run, record, opened, compute, options).run(true)
  } finally {
    opened.weights.dispose()
  }
}

/** One run while it is computed. */
class Session {
  private readonly run_: RunFolder
  private readonly record: RunRecord
  private readonly network: OpenedNetwork
  private readonly model: Model
  private readonly options: ResumeOptions
  private readonly optimizer: Optimizer
  private readonly average: MovingAverage | null
  private readonly loss: LossOptions
  private readonly photos: Record<Photo['split'], Photo[]>
  /** All that has learnt at any time: what a checkpoint holds. */
  private readonly changed = new Set<string>()
  private readonly started = performance.now()
  private store: FeatureStore | undefined
  private position: Position = {
    epoch: 1,
    batch: 0,
    step: 0,
    lossSum: 0,
    correct: 0,
    seen: 0,
    plateau: { best: null, bad: 0, cuts: 0 },
    best: null,
    stale: 0,
    goal: null,
    seconds: 0,
  }

  constructor(
    run: RunFolder,
    record: RunRecord,
    opened: OpenedNetwork,
    { kernels }: Compute,
    options: ResumeOptions,
  ) {
    this.run_ = run
    this.record = record
    this.network = opened
    this.options = options
    this.model = new Model(opened.network, opened.weights, kernels)
    this.optimizer = new Optimizer(record.config, opened.weights)
    this.average =
      record.config.movingAverage === null
        ? null
        : new MovingAverage(record.config.movingAverage, opened.weights)
    this.photos = { train: photosOf(record.dataset, 'train'), val: photosOf(record.dataset, 'val') }
    const { classWeights, labelSmoothing } = record.config
    const counts = record.classes.map((_, i) => this.photos.train.filter((photo) => photo.class === i).length)
    this.loss = {
      labelSmoothing,
      classWeights: classWeights === 'balanced' ? balancedWeights(counts) : classWeights,
    }
    if (this.loss.classWeights && this.loss.classWeights.length !== record.classes.length)
      throw new ThawError('config.invalid', {
        reason: `classWeights has ${this.loss.classWeights.length} numbers for ${record.classes.length} classes`,
      })
  }

  async *run(resumed = false): AsyncGenerator<RunEvent> {
    const { config } = this.record
    const workers = await ViewWorkers.open({
      threads: this.record.environment.threads,
      folder: this.record.dataset.folder,
      preparation: this.record.preparation,
    })
    try {
      if (resumed) {
        const { position, events } = await restoreCheckpoint(this.run_.folder, {
          weights: this.network.weights,
          optimizer: this.optimizer,
          average: this.average,
        })
        this.position = position
        await this.run_.rewind(events)
        if (position.epoch > config.epochs) throw new ThawError('run.finished', { run: this.record.name })
      }
      let { plan, cut, features } = await this.phase(workers, this.position.epoch)
      yield this.run_.record(this.planEvent(plan, cut, features))
      yield this.run_.record(this.startedEvent())
      if (!resumed) {
        const before = await this.evaluate(features, cut)
        yield this.run_.record(this.epochEvent(0, null, before, plan, 0, false))
        if (config.epochs === 0) await this.saveNetwork('best')
      }
      const receipt = new Receipt(this.network.weights, this.model.kernels)
      while (this.position.epoch <= config.epochs) {
        const { epoch } = this.position
        if (config.thaw.some((it) => it.epoch === epoch) && this.position.batch === 0) {
          ;({ plan, cut, features } = await this.phase(workers, epoch))
          yield this.run_.record(this.planEvent(plan, cut, features))
        }
        const at = performance.now()
        for await (const event of this.trainEpoch(features, plan, cut)) {
          yield this.run_.record(event)
          if (event.type === 'stopped') return
        }
        const { updating, rates } = plan
        const tensors = receipt.issue((name) => rates.has(name) || updating.has(layerOf(name)))
        const evaluated = await this.evaluate(features, cut)
        const trained = scoreOf(this.position.lossSum, this.position.correct, this.position.seen)
        const better = this.isBetter(evaluated.score)
        if (better) this.position.best = { ...evaluated.score, epoch }
        const seconds = (performance.now() - at) / 1000
        yield this.run_.record(this.epochEvent(epoch, trained, evaluated, plan, seconds, better))
        yield this.run_.record({ type: 'receipt', epoch, tensors })
        if (better) await this.saveNetwork('best')
        const stop = this.afterEpoch(evaluated.score)
        await this.checkpoint()
        yield this.run_.record({
          type: 'checkpoint',
          epoch,
          batch: 0,
          file: 'checkpoints/latest.safetensors',
        })
        if (stop) {
          yield this.run_.record({ type: 'stopped', epoch, batch: 0, reason: 'early-stopping' })
          break
        }
      }
      await this.saveNetwork('last')
      yield this.run_.record(this.finishedEvent())
    } catch (error) {
      const { code, message, advice } = plainError(error)
      await this.run_.record({ type: 'failed', code, message, advice }).catch(() => undefined)
      throw error
    } finally {
      await workers.close()
      await this.store?.close()
      this.optimizer.dispose()
      this.average?.dispose()
      await this.run_.release()
    }
  }

  /** What an epoch's plan makes of the network. */
  private async phase(
    workers: ViewWorkers,
    epoch: number,
  ): Promise<{ plan: ResolvedPlan; cut: Cut; features: Features }> {
    const { config, preparation } = this.record
    const plan = resolvePlan(this.network.network, planFor(config, this.network.network, epoch))
    const cut = this.model.cutOf(plan)
    const buffers = this.network.weights.specs.filter(
      (spec) => spec.role === 'buffer' && plan.updating.has(layerOf(spec.name)),
    )
    for (const name of [...plan.rates.keys(), ...buffers.map((spec) => spec.name)]) this.changed.add(name)
    this.average?.watch([
      ...plan.rates.keys(),
      ...buffers.filter((spec) => spec.dtype === 'float32').map((spec) => spec.name),
    ])
    const features = new Features({
      model: this.model,
      workers,
      preparation,
      augmentation: config.augmentation,
      seed: config.seed,
      prefix: cut.prefix,
      keep: config.cache,
      store: await this.openStore(cut),
      folder: this.record.dataset.folder,
    })
    return { plan, cut, features }
  }

  /** Features that outlive the run, where the plan has a frozen part. */
  private async openStore(cut: Cut): Promise<FeatureStore | undefined> {
    await this.store?.close()
    this.store = undefined
    const { config, weights, environment, preparation } = this.record
    if (!config.cache || cut.prefix === 0 || this.changedBelow(cut)) return undefined
    const { backend, backendVersion, threads, precision } = environment
    this.store = await FeatureStore.open(placesIn(currentFolders()).features, {
      weights: weights.sha256,
      cut: cut.name ?? '',
      preparation,
      environment: [backend, backendVersion, threads, precision],
    })
    return this.store
  }

  /** Whether something below the cut has learnt before, so that the weight file does not describe it any more. */
  private changedBelow(cut: Cut): boolean {
    return this.position.step > 0 && this.model.parametersBelow(cut).some((name) => this.changed.has(name))
  }

  private async *trainEpoch(features: Features, plan: ResolvedPlan, cut: Cut): AsyncGenerator<RunEvent> {
    const { config } = this.record
    const { epoch } = this.position
    const photos = this.photos.train
    const order = shuffled(photos.length, randomFor(config.seed, 'shuffle', epoch))
    const batches = Math.ceil(order.length / config.batch)
    const rest = order.slice(this.position.batch * config.batch)
    const at = performance.now()
    let lastCheckpoint = at
    let seenHere = 0
    for await (const { x, places } of features.batches(photos, rest, { epoch, batch: config.batch })) {
      const place = {
        step: this.position.step,
        stepsPerEpoch: batches,
        totalSteps: batches * config.epochs,
        warmup: config.warmup,
        cuts: this.position.plateau.cuts,
      }
      const rateOf = (base: number) => rateAt(config.schedule, base, place)
      const targets = places.map((it) => photos[it]!.class)
      const { loss, correct } = this.step(x, targets, plan, cut, rateOf, momentumAt(config.schedule, place))
      x.dispose()
      this.position.step += 1
      this.position.batch += 1
      this.position.lossSum += loss * places.length
      this.position.correct += correct
      this.position.seen += places.length
      seenHere += places.length
      if (!Number.isFinite(loss)) throw new ThawError('run.diverged', { batch: this.position.batch, epoch })
      const perSecond = seenHere / ((performance.now() - at) / 1000)
      const photosLeft =
        (batches - this.position.batch) * config.batch + (config.epochs - epoch) * photos.length
      yield {
        type: 'batch',
        epoch,
        batch: this.position.batch,
        batches,
        phase: 'train',
        loss: this.position.lossSum / this.position.seen,
        accuracy: this.position.correct / this.position.seen,
        batchLoss: loss,
        photosPerSecond: perSecond,
        secondsLeft: photosLeft / perSecond,
        rates: plan.groups.map((group) => rateOf(group.rate)),
      }
      // Gives signals and pauses their turn: the computation itself blocks the process.
      await new Promise((resolve) => setImmediate(resolve))
      await this.options.shouldPause?.()
      const asked = this.options.signal?.aborted ?? false
      const due = performance.now() - lastCheckpoint > config.checkpointMinutes * 60_000
      if (asked || due) {
        await this.checkpoint()
        lastCheckpoint = performance.now()
        yield {
          type: 'checkpoint',
          epoch,
          batch: this.position.batch,
          file: 'checkpoints/latest.safetensors',
        }
      }
      if (asked) {
        yield { type: 'stopped', epoch, batch: this.position.batch, reason: 'asked' }
        return
      }
    }
  }

  /** One step of the optimizer, in `accumulate` parts that each count by their photos. */
  private step(
    x: Tensor,
    targets: readonly number[],
    plan: ResolvedPlan,
    cut: Cut,
    rateOf: (base: number) => number,
    momentum: number | null,
  ): { loss: number; correct: number } {
    const { config } = this.record
    const gradients = new Map<string, Tensor>()
    const size = Math.ceil(targets.length / config.accumulate)
    const whole = weightOf(targets, this.loss.classWeights)
    let loss = 0
    let correct = 0
    try {
      for (let from = 0; from < targets.length; from += size) {
        const part = targets.slice(from, from + size)
        const input = part.length === targets.length ? x : tf.slice(x, [from], [part.length])
        this.model.learn(input, {
          plan,
          cut,
          seed: seedFor(config.seed, 'dropout', this.position.step, from),
          gradients,
          lossGradient: (logits) => {
            const result = crossEntropy(logits, part, this.loss, whole)
            loss += result.loss
            correct += result.correct
            return result.gradient
          },
        })
        if (input !== x) input.dispose()
      }
      if (config.clip !== null) clipGradients(gradients, config.clip)
      this.optimizer.step(gradients, (name) => rateOf(plan.rates.get(name)!), momentum)
      this.average?.update()
    } finally {
      for (const gradient of gradients.values()) gradient.dispose()
    }
    return { loss, correct }
  }

  /** Loss, accuracy and confusion matrix of the validation photos. */
  private async evaluate(features: Features, cut: Cut): Promise<{ score: Score; confusion: number[][] }> {
    const work = async () => {
      const photos = this.photos.val
      const order = photos.map((_, i) => i)
      const confusion = emptyConfusion(this.record.classes.length)
      // Feature maps of many photos at once would take more memory than training does.
      const batch = cut.prefix === 0 ? 8 : this.record.config.batch
      let lossSum = 0
      let correct = 0
      for await (const { x, places } of features.batches(photos, order, { epoch: 0, batch })) {
        const y = this.model.infer(x, { from: cut.prefix })
        const targets = places.map((place) => photos[place]!.class)
        const result = crossEntropy(y.dataSync() as Float32Array, targets, {
          labelSmoothing: 0,
          classWeights: null,
        })
        tf.dispose([x, y])
        lossSum += result.loss * places.length
        correct += result.correct
        targets.forEach((target, i) => (confusion[target]![result.answers[i]!]! += 1))
      }
      return { score: scoreOf(lossSum, correct, photos.length), confusion }
    }
    return this.average && this.position.step > 0 ? this.average.during(work) : work()
  }

  /** Highest validation accuracy, then lowest loss; epoch 0 never counts. */
  private isBetter({ correct, loss }: Score): boolean {
    const { best } = this.position
    return best === null || correct > best.correct || (correct === best.correct && loss < best.loss)
  }

  /** Closes an epoch's books. @returns whether to stop early */
  private afterEpoch(val: Score): boolean {
    const { config } = this.record
    const { plateau } = this.position
    const moved = afterEpoch(
      config.schedule,
      { ...freshPlateau(), ...plateau, best: plateau.best ?? Infinity },
      val.loss,
    )
    this.position.plateau = { ...moved, best: Number.isFinite(moved.best) ? moved.best : null }
    this.position = {
      ...this.position,
      epoch: this.position.epoch + 1,
      batch: 0,
      lossSum: 0,
      correct: 0,
      seen: 0,
    }
    const rule = config.earlyStopping
    if (!rule) return false
    const goal = rule.metric === 'accuracy' ? val.accuracy : -val.loss
    const improved = this.position.goal === null || goal > this.position.goal
    this.position.stale = improved ? 0 : this.position.stale + 1
    if (improved) this.position.goal = goal
    return this.position.stale >= rule.patience
  }

  private checkpoint(): Promise<void> {
    return saveCheckpoint(this.run_.folder, {
      weights: this.network.weights,
      changed: [...this.changed],
      optimizer: this.optimizer,
      average: this.average,
      position: { ...this.position, seconds: (performance.now() - this.started) / 1000 },
      events: this.run_.events,
    })
  }

  /** The whole network as PyTorch would have it, with what is needed to use it. */
  private async saveNetwork(which: 'best' | 'last'): Promise<void> {
    const { weights } = this.network
    const write = () =>
      writeSafetensors(
        path.join(this.run_.folder, `${which}.safetensors`),
        weights.specs.map(({ name, shape, dtype }) => ({
          name,
          shape,
          dtype,
          values: () => weights.take(name),
        })),
        {
          format: 'pt',
          architecture: this.record.network,
          classes: JSON.stringify(this.record.classes),
          preparation: JSON.stringify(this.record.preparation),
          plan: JSON.stringify(this.record.config.plan),
        },
      )
    await (this.average && this.position.step > 0 ? this.average.during(write) : write())
  }

  private planEvent(plan: ResolvedPlan, cut: Cut, features: Features): RunEvent {
    const parameters = this.network.weights.specs.filter((spec) => spec.role === 'parameter')
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
      folder: this.run_.folder,
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
    trained: Score | null,
    { score, confusion }: { score: Score; confusion: number[][] },
    plan: ResolvedPlan,
    seconds: number,
    best: boolean,
  ): RunEvent {
    const rates = plan.groups.map((group) => group.rate)
    return { type: 'epoch', epoch, train: trained, val: score, confusion, rates, seconds, best }
  }

  private finishedEvent(): RunEvent {
    const best = this.position.best ?? { epoch: 0, ...scoreOf(0, 0, 0) }
    return {
      type: 'finished',
      run: this.record.id,
      folder: this.run_.folder,
      best,
      seconds: this.position.seconds + (performance.now() - this.started) / 1000,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    }
  }
}

/** The layer a tensor belongs to. */
const layerOf = (tensor: string): string => tensor.slice(0, tensor.lastIndexOf('.'))
