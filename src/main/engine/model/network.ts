import { prefixChunk } from '../../../shared/model/cost.ts'
import { compileNetwork, nameOfCut, penultimateOf } from '../../../shared/model/compiled.ts'
import type { CompiledStep } from '../../../shared/model/compiled.ts'
import { formOf } from '../../../shared/model/shape.ts'
import type { ResolvedPlan } from '../../../shared/model/plan.ts'
import type { Network } from '../../../shared/model/spec.ts'
import type { Kernels } from '../backend/kernels/kernels.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { moveStatistics } from './steps/batchnorm.ts'
import { stepOf } from './steps/index.ts'
import { runSteps } from './steps/run.ts'
import type { Draw, Pass, Step } from './steps/step.ts'
import type { Weights } from './weights.ts'

/** Feature maps of many photos at once would take more memory than training does. */
const mapsAtOnce = prefixChunk

/** Where a plan cuts the network in two. */
export interface Cut {
  /** Steps before it are frozen and draw nothing random: their output is a fixed function of the photo, in training too. */
  prefix: number
  /**
   * The first step that holds something that learns; no gradient is computed below it. Where nothing is trained, and dropout
   * does nothing, what comes before it is a fixed function of the photo.
   */
  learning: number
  /** Full names of the last layers before them; null if there is none. */
  names: { prefix: string | null; learning: string | null }
}

/** A network that can be run: description, weights and kernels together. */
export class Model {
  readonly network: Network
  readonly weights: Weights
  readonly kernels: Kernels
  /** The first step that takes rows instead of feature maps. */
  readonly flatFrom: number
  /** How many steps give the features that the head reads, and the last layer among them by its full name. */
  readonly penultimate: { steps: number; name: string }
  private readonly compiled: readonly CompiledStep[]
  private readonly steps: readonly Step[]

  /** @param fuse false: every layer is a step of its own, for looking at each one's output */
  constructor(network: Network, weights: Weights, kernels: Kernels, fuse = true) {
    this.network = network
    this.weights = weights
    this.kernels = kernels
    this.compiled = compileNetwork(network, fuse)
    this.steps = this.compiled.map(stepOf)
    const flattening = this.compiled.findIndex(
      ({ input, output }) => formOf(input) !== 'row' && formOf(output) === 'row',
    )
    this.flatFrom = flattening === -1 ? this.steps.length : flattening + 1
    const steps = penultimateOf(this.compiled, network.head)
    this.penultimate = { steps, name: nameOfCut(this.compiled, steps) ?? '' }
  }

  cutOf(plan: ResolvedPlan): Cut {
    const learns = (name: string) => plan.learningRates.has(name)
    const learning = this.firstStepWith(learns)
    const random = this.steps.findIndex((step) => step.random?.(learns))
    const prefix = random === -1 ? learning : Math.min(learning, random)
    return {
      prefix,
      learning,
      names: { prefix: this.nameBefore(prefix), learning: this.nameBefore(learning) },
    }
  }

  /** The first step that has such a parameter; -1 if none has. */
  firstStepWith(isMeant: (parameter: string) => boolean): number {
    return this.steps.findIndex((step) => step.parameters.some(isMeant))
  }

  /** Full name of the last layer of the first `steps` steps; null if there is none. */
  nameBefore(steps: number): string | null {
    return nameOfCut(this.compiled, steps)
  }

  /** Full names of the parameters of the first `steps` steps. */
  parametersBelow(steps: number): string[] {
    return this.steps.slice(0, steps).flatMap((step) => step.parameters)
  }

  /** Photos, feature maps and tokens are computed in the kernels' type, rows in float32. */
  private enter(x: Tensor): Tensor {
    return x.rank > 2 ? this.kernels.enter(x) : x.clone()
  }

  /** Forgets nothing and learns nothing: the pass that evaluates. */
  private passive(observe?: Pass['observe']): Pass {
    const { weights, kernels } = this
    const pass: Pass = {
      weights,
      kernels,
      training: false,
      learns: () => false,
      updates: () => false,
      draws: [],
      gradients: new Map(),
      statistics: [],
    }
    return observe ? { ...pass, observe } : pass
  }

  /**
   * Runs steps [from, to) without training, feature maps of a few photos at a time. What enters at step 0 are prepared photos,
   * float32 [batch, height, width, 3].
   * @returns float32; [batch, classes] logits where `to` is left out. The caller owns it.
   */
  infer(x: Tensor, { from = 0, to = this.steps.length, observe }: InferOptions = {}): Tensor {
    const run = (x: Tensor, from: number, to: number) =>
      tf.tidy(() => {
        const { y } = runSteps(this.steps.slice(from, to), this.enter(x), this.passive(observe), false)
        return this.kernels.leave(y)
      })
    const photos = x.shape[0]
    // Who watches the layers wants to see all photos at once.
    if (x.rank === 2 || photos <= mapsAtOnce || observe) return run(x, from, to)
    return tf.tidy(() => {
      const flat = Math.min(to, this.flatFrom)
      const parts: Tensor[] = []
      for (let at = 0; at < photos; at += mapsAtOnce)
        parts.push(run(tf.slice(x, [at], [Math.min(mapsAtOnce, photos - at)]), from, flat))
      return run(tf.concat(parts), flat, to)
    })
  }

  /**
   * Runs the frozen steps that draw random numbers, between the fixed part and what learns, as training does.
   * @param x output of the cut's prefix, float32
   * @returns what `learn` takes, float32. The caller owns it.
   */
  draw(x: Tensor, cut: Cut, draws: readonly Draw[]): Tensor {
    return tf.tidy(() => {
      const pass = { ...this.passive(), training: true, draws }
      const { y } = runSteps(this.steps.slice(cut.prefix, cut.learning), this.enter(x), pass, false)
      return this.kernels.leave(y)
    })
  }

  /**
   * The gradient of something told by the logits in what goes into step `from`, in evaluation mode: nothing learns.
   * @param x what goes into the step, float32
   * @param lossGradient is shown the logits and returns their gradient, both [batch, classes], row-major
   * @returns float32, of x's shape. The caller owns it.
   */
  inputGradient(x: Tensor, from: number, lossGradient: LearnOptions['lossGradient']): Tensor {
    return tf.tidy(() => {
      const { y, back } = runSteps(this.steps.slice(from), this.enter(x), this.passive(), true)
      const dy = tf.tensor(lossGradient(y.dataSync() as Float32Array), y.shape, 'float32')
      return this.kernels.leave(back!(dy, true)!)
    })
  }

  /**
   * One pass forward and back, for one batch or a part of one.
   * @param x what goes into the first step that learns, float32
   * @param lossGradient is shown the logits and returns the loss's gradient in them, both [batch, classes], row-major
   * @param gradients are added to, by parameter name; the caller owns what is in it
   */
  learn(x: Tensor, how: LearnOptions): void {
    const { plan, cut, seed, gradients, lossGradient } = how
    const found = tf.tidy(() => {
      const pass: Pass = {
        weights: this.weights,
        kernels: this.kernels,
        training: true,
        learns: (name) => plan.learningRates.has(name),
        updates: (name) => plan.updating.has(name),
        draws: [{ rows: x.shape[0], seed }],
        gradients: new Map(gradients),
        statistics: [],
      }
      const { y, back } = runSteps(this.steps.slice(cut.learning), this.enter(x), pass, true)
      moveStatistics(pass)
      const logits = y.dataSync() as Float32Array
      const dy = tf.tensor(lossGradient(logits), y.shape, 'float32')
      y.dispose()
      back!(dy, false)
      return Object.fromEntries(pass.gradients)
    })
    for (const [name, gradient] of Object.entries(found)) gradients.set(name, gradient)
  }
}

export interface InferOptions {
  from?: number
  to?: number
  observe?: Pass['observe']
}

export interface LearnOptions {
  plan: ResolvedPlan
  cut: Cut
  /** Seed of dropout. */
  seed: number
  gradients: Map<string, Tensor>
  lossGradient: (logits: Float32Array) => Float32Array
}
