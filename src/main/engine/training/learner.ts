import type { RunConfig } from '../../../shared/config.ts'
import type { ResolvedPlan } from '../../../shared/model/plan.ts'
import { seedFor } from '../../../shared/random.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import type { Cut, Model } from '../model/network.ts'
import { balancedWeights, crossEntropy, weightOf } from './loss.ts'
import type { LossOptions } from './loss.ts'
import { MovingAverage } from './movingAverage.ts'
import { clipGradients, Optimizer } from './optimizer.ts'
import { momentumAt, rateAt } from '../../../shared/schedule.ts'
import type { Place } from '../../../shared/schedule.ts'

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
    this.optimizer = new Optimizer(config, model.weights)
    this.average = movingAverage === null ? null : new MovingAverage(movingAverage, model.weights)
    this.loss = {
      labelSmoothing,
      classWeights: classWeights === 'balanced' ? balancedWeights(counts) : classWeights,
    }
  }

  /** The rate of a group whose own rate is `base`. */
  rateAt(base: number, place: Place): number {
    return rateAt(this.config.schedule, base, place)
  }

  /**
   * One step of the optimizer, computed in `accumulate` parts that each count by their photos.
   * @param x the cut's features of the batch
   * @returns the batch's mean loss, and how many photos were answered rightly before the step
   */
  step(
    x: Tensor,
    targets: readonly number[],
    { plan, cut }: Phase,
    place: Place,
  ): { loss: number; correct: number } {
    const { config } = this
    const gradients = new Map<string, Tensor>()
    const size = Math.ceil(targets.length / config.accumulate)
    const whole = weightOf(targets, this.loss.classWeights)
    let loss = 0
    let correct = 0
    try {
      for (let from = 0; from < targets.length; from += size) {
        const part = targets.slice(from, from + size)
        const input = part.length === targets.length ? x.clone() : tf.slice(x, [from], [part.length])
        this.model.learn(input, {
          plan,
          cut,
          seed: seedFor(config.seed, 'dropout', place.step, from),
          gradients,
          lossGradient: (logits) => {
            const result = crossEntropy(logits, part, this.loss, whole)
            loss += result.loss
            correct += result.correct
            return result.gradient
          },
        })
        input.dispose()
      }
      if (config.clip !== null) clipGradients(gradients, config.clip)
      const rateOf = (name: string) => this.rateAt(plan.rates.get(name)!, place)
      this.optimizer.step(gradients, rateOf, momentumAt(config.schedule, place))
      this.average?.update()
    } finally {
      for (const gradient of gradients.values()) gradient.dispose()
    }
    return { loss, correct }
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
