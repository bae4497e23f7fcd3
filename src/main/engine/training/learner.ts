import type { RunConfig } from '../../../shared/config.ts'
import type { ResolvedPlan } from '../../../shared/model/plan.ts'
import { seedFor } from '../../../shared/random.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Cut, Model } from '../model/network.ts'
import { drawn } from './drawn.ts'
import type { Batch } from './features.ts'
import { balancedWeights, crossEntropy, weightOf } from './loss.ts'
import type { LossOptions } from './loss.ts'
import { MovingAverage } from './movingAverage.ts'
import type { StepNorms } from './norms.ts'
import { clipGradients, Optimizer } from './optimizer.ts'
import { momentumAt, learningRateAt } from '../../../shared/schedule.ts'
import type { ScheduleState } from '../../../shared/schedule.ts'

/** What learns in an epoch, and where it begins. */
export interface Phase {
  plan: ResolvedPlan
  cut: Cut
}

/** Moves the weights: loss, gradients, clipping, optimizer and moving average. */
export class Learner {
  readonly optimizer: Optimizer
  readonly average: MovingAverage | null
  private readonly model: Model
  private readonly config: RunConfig
  private readonly loss: LossOptions

  /** @param counts training photos of each class */
  constructor(model: Model, config: RunConfig, counts: readonly number[]) {
    const { classWeights, labelSmoothing, movingAverage } = config
    this.model = model
    this.config = config
    this.optimizer = new Optimizer(config, model.weights, model.kernels.momentumSteps)
    this.average = movingAverage === null ? null : new MovingAverage(movingAverage, model.weights)
    this.loss = {
      labelSmoothing,
      classWeights: classWeights === 'balanced' ? balancedWeights(counts) : classWeights,
    }
  }

  /** The rate of a group whose own rate is `base`. */
  learningRateAt(base: number, at: ScheduleState): number {
    return learningRateAt(this.config.schedule, base, at)
  }

  /** The micro-batches a batch is computed in: where each begins, its photos, and the seed of its dropout. */
  private microBatchesOf(photos: number, step: number): { from: number; rows: number; seed: number }[] {
    const { accumulate, seed } = this.config
    const size = Math.ceil(photos / accumulate)
    return Array.from({ length: Math.ceil(photos / size) }, (_, i) => ({
      from: i * size,
      rows: Math.min(size, photos - i * size),
      seed: seedFor(seed, 'dropout', step, i * size),
    }))
  }

  /**
   * Batches as `step` takes them.
   * @param batches the fixed part's output, from the epoch's batch `first` on
   * @param step the optimizer's at that batch
   */
  drawn(
    batches: AsyncIterable<Batch>,
    { cut }: Phase,
    { first, step }: { first: number; step: number },
  ): AsyncGenerator<Batch, void> {
    return drawn(
      batches,
      { model: this.model, cut },
      {
        first,
        size: this.config.batch,
        drawsOf: (batch, photos) => this.microBatchesOf(photos, step + batch - first),
      },
    )
  }

  /**
   * One step of the optimizer, computed in `accumulate` micro-batches that each count by their photos.
   * @param x the batch, as `drawn` gives it
   * @param norms measures the step where it is given
   * @returns the batch's mean loss, how many photos were answered rightly before the step, and the gradient's norm before clipping,
   * null where nothing is clipped
   */
  step(
    x: Tensor,
    targets: readonly number[],
    { plan, cut }: Phase,
    at: ScheduleState,
    norms?: StepNorms,
  ): { loss: number; correct: number; norm: number | null } {
    const { config } = this
    const gradients = new Map<string, Tensor>()
    const whole = weightOf(targets, this.loss.classWeights)
    let loss = 0
    let correct = 0
    let norm: number | null = null
    try {
      for (const { from, rows, seed } of this.microBatchesOf(targets.length, at.step)) {
        const answers = targets.slice(from, from + rows)
        const input = rows === targets.length ? x.clone() : tf.slice(x, [from], [rows])
        this.model.learn(input, {
          plan,
          cut,
          seed,
          gradients,
          lossGradient: (logits) => {
            const result = crossEntropy(logits, answers, this.loss, whole)
            loss += result.loss
            correct += result.correct
            return result.gradient
          },
        })
        input.dispose()
      }
      norms?.takeGradients(gradients)
      if (config.clip !== null) norm = clipGradients(gradients, config.clip)
      const learningRateOf = (name: string) => this.learningRateAt(plan.learningRates.get(name)!, at)
      this.optimizer.step(gradients, learningRateOf, momentumAt(config.schedule, at), norms)
      this.average?.update()
    } finally {
      for (const gradient of gradients.values()) gradient.dispose()
    }
    return { loss, correct, norm }
  }

  /** Runs `f` with the averaged weights in place, once there are any. */
  async withAverage<T>(steps: number, f: () => Promise<T>): Promise<T> {
    return this.average && steps > 0 ? this.average.during(f) : f()
  }

  dispose(): void {
    this.optimizer.dispose()
    this.average?.dispose()
  }
}
