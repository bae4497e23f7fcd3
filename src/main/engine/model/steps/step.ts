import type { Activation } from '../../../../shared/model/spec.ts'
import type { Kernels, Ready, Window } from '../../backend/kernels/kernels.ts'
import type { Tensor } from '../../backend/tf.ts'
import type { Weights } from '../weights.ts'

/** Rows of a batch that have dropout of their own: the same whatever is beside them. */
export interface Draw {
  rows: number
  seed: number
}

/** A BatchNorm layer's statistics of one batch, which its running ones move towards by `momentum`. */
export interface BatchStatistics {
  layer: string
  mean: Tensor
  variance: Tensor
  momentum: number
}

/** What one run through the network needs to know. */
export interface Pass {
  kernels: Kernels
  weights: Weights
  /** Dropout drops, and BatchNorm that learns looks at the batch. */
  training: boolean
  /** Whether the parameter of this name gets a gradient. */
  learns: (parameter: string) => boolean
  /** Whether the BatchNorm layer of this name normalises by the batch and updates its running statistics. */
  updates: (layer: string) => boolean
  /** This pass's dropout, for all of its rows in their order. */
  draws: readonly Draw[]
  /** Gradients by parameter name, filled by the backward pass; those of several passes add up. */
  gradients: Map<string, Tensor>
  /** What BatchNorm that learns has seen of the batch; `moveStatistics` takes it when the way forward has been gone. */
  statistics: BatchStatistics[]
  /** Shown the output of every layer by its name. */
  observe?: (layer: string, output: Tensor) => void
}

/**
 * The way back through a step: takes the gradient of its output (and disposes of it), adds those of its parameters to the
 * pass, frees what the way forward saved, and returns the gradient of the step's input, or null where that is not wanted.
 */
export type Backward = (dy: Tensor, wantInput: boolean) => Tensor | null

/** A convolution as its neighbours see it, in passes that record nothing. */
export interface PlainConvolution {
  how: Window
  /** The filter's side. */
  side: number
  activation: Activation | null
  /** The filter as kernels read it; null where kernels have no use for that, or the convolution does more than convolve. */
  ready: (x: Tensor, pass: Pass) => Ready | null
}

/** A map times a factor for each of its channels, which is made of their means: squeeze-and-excite. */
export interface Squeeze {
  /** [batch, 1, 1, channels], of means of that shape. The caller owns it. */
  factors: (means: Tensor, pass: Pass) => Tensor
}

/**
 * A step of a network: one or several layers that are computed together. There is no tape and no general differentiation:
 * each step knows its own gradient, saves the least it needs, and frees it at once.
 */
export interface Step {
  /** Full names of the layers whose output is this step's output. */
  names: string[]
  /** Full names of its parameters. */
  parameters: readonly string[]
  /** Whether a training pass draws random numbers here, where these parameters learn. Left out: never. */
  random?: (learns: Pass['learns']) => boolean
  /** The caller keeps `x` and gets `y`. `back` is there if `record` is set. */
  run: (x: Tensor, pass: Pass, record: boolean) => { y: Tensor; back: Backward | null }
  /** Where it is an activation alone. */
  activation?: Activation
  /** Where it adds up: the same with an activation behind it, whose gradient is told by its output if that is recorded. */
  runActivated?: (
    x: Tensor,
    pass: Pass,
    record: boolean,
    activation: Activation,
  ) => { y: Tensor; back: Backward | null }
  /** What it is, where its neighbours may be computed together with it (together.ts). */
  convolution?: PlainConvolution
  squeeze?: Squeeze
}

/** Adds a gradient to those the pass has, and takes `gradient` over. */
export function addGradient(pass: Pass, name: string, gradient: Tensor): void {
  const before = pass.gradients.get(name)
  if (!before) {
    pass.gradients.set(name, gradient)
    return
  }
  pass.gradients.set(name, before.add(gradient))
  before.dispose()
  gradient.dispose()
}
