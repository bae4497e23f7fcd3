import type { Activation, Padding } from '../../../../shared/model/spec.ts'
import type { Tensor } from '../tf.ts'

/**
 * What the engine asks of a backend: the heavy operations of a network, each with its gradient, so that nothing above this
 * interface knows who computes. Photos and feature maps are [batch, height, width, channels]. Filters of convolutions are
 * [height, width, in, out], those of depthwise ones [height, width, channels, 1]; linear weights stay as PyTorch keeps them,
 * [out, in].
 *
 * Every call returns new tensors that the caller owns, and takes none away.
 */
export interface Kernels {
  readonly backend: 'tensorflow' | 'wasm' | 'cpu'
  /** What convolutions and activations are computed in. */
  readonly compute: 'float32' | 'bfloat16'

  /** Brings a float32 tensor into the type convolutions compute in, and back. A copy even where both are the same. */
  enter: (x: Tensor) => Tensor
  leave: (x: Tensor) => Tensor

  /** activation(conv(x, filter) + bias) */
  conv: (x: Tensor, filter: Tensor, bias: Tensor | null, how: ConvOptions) => Tensor
  /** `dy` is the gradient of conv's output before the activation; see `activationGradient`. */
  convInputGradient: (dy: Tensor, filter: Tensor, inputShape: number[], how: Window) => Tensor
  /** float32 */
  convFilterGradient: (dy: Tensor, x: Tensor, filterShape: number[], how: Window) => Tensor
  /** Sum over all axes but the last, added up in float64 over short float32 sums; float32. */
  biasGradient: (dy: Tensor) => Tensor

  activate: (x: Tensor, activation: Activation) => Tensor
  /** activation(x + bias); the bias is float32, one number a channel. */
  biasActivation: (x: Tensor, bias: Tensor | null, activation: Activation | null) => Tensor
  /** @param from the activation's output, or its input where `gradientFrom` says so (shared/model/kinds/activation.ts) */
  activationGradient: (dy: Tensor, from: Tensor, activation: Activation) => Tensor

  /** activation(x · weightᵀ + bias) over the last axis; x [..., in], weight [out, in]. */
  linear: (
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    activation: Activation | null,
    packed?: Packed | null,
  ) => Tensor
  /** [..., in] */
  linearInputGradient: (dy: Tensor, weight: Tensor) => Tensor
  /** [out, in], float32 */
  linearWeightGradient: (dy: Tensor, x: Tensor) => Tensor

  /** What lies around the input is never the largest. */
  maxPool: (x: Tensor, how: PoolWindow) => MaxPoolResult
  /** Each window's gradient goes to the first of its largest numbers. */
  maxPoolGradient: (dy: Tensor, inputShape: number[], saved: Tensor[], how: PoolWindow) => Tensor

  /** Adaptive average pooling to size × size; the input's sides are multiples of it. float32 where `size` is 1. */
  averagePool: (x: Tensor, size: number) => Tensor
  averagePoolGradient: (dy: Tensor, inputShape: number[]) => Tensor

  /**
   * A filter and bias for many calls of `conv` on maps like x: with the BatchNorm behind it in them, whose statistics are fixed (by
   * factors in float64), and in the order in which the kernel reads. Where there is no kernel that gains by it, as null says of this
   * convolution, see steps/foldedNorm.ts.
   */
  ready?: (
    x: Tensor,
    filter: Tensor,
    bias: Tensor | null,
    norm: FixedNorm | null,
    how: Window,
  ) => Ready | null

  /** A linear layer's weight for many calls of `linear` on tensors like x, as `ready` makes filters; null where nothing gains by it. */
  readyLinear?: (x: Tensor, weight: Tensor) => Ready | null

  /**
   * A 1×1 convolution and the depthwise one behind it, both made by `ready`, where there is a kernel for both at once: the wide map
   * between them is made and used piece by piece.
   */
  expandedConv?: {
    suits: (side: number, how: Window, activation: Activation) => boolean
    run: (x: Tensor, expand: Ready, filter: Ready, how: ExpandedOptions) => ExpandedResult
  }
  /** activation(1×1 conv(x · factors) + bias), factors [batch, 1, 1, channels], where there is a kernel for it. @param ready by `ready` */
  scaledConv?: (x: Tensor, factors: Tensor, ready: Ready, activation: Activation | null) => Tensor

  /**
   * Normalises by the batch's own mean and variance, with the activation behind it. Statistics are added up in float64 over short
   * float32 sums, and float32.
   */
  batchNorm: (
    x: Tensor,
    scale: Tensor,
    offset: Tensor,
    eps: number,
    activation?: Activation | null,
  ) => BatchNormResult
  /** `batchNorm` of a convolution's output, which comes back as `z`: the gradient needs it. */
  convNorm: (x: Tensor, filter: Tensor, bias: Tensor | null, how: ConvNormOptions) => ConvNormResult
  batchNormGradient: (
    dy: Tensor,
    x: Tensor,
    scale: Tensor,
    saved: Tensor[],
    eps: number,
    activation?: Activation | null,
  ) => BatchNormGradient
  /**
   * The way back through `convNorm` without a bias, to the convolution's input and filter at once: the gradient between the two never
   * is whole in memory. @returns null where no kernel does that, or gains by it
   */
  convNormGradient?: (
    dy: Tensor,
    x: Tensor,
    filter: Tensor,
    normalised: { z: Tensor; scale: Tensor; saved: Tensor[] },
    how: Window & { activation: Activation | null },
  ) => ConvNormGradient | null

  /** Normalises over the last axis: of each token, or of each place of a map. */
  layerNorm: (x: Tensor, scale: Tensor, offset: Tensor, eps: number) => Tensor
  /** Scale and offset are float32. */
  layerNormGradient: (dy: Tensor, x: Tensor, scale: Tensor, eps: number) => LayerNormGradient

  /** What each token takes of the others: qkv [batch, tokens, 3 · features], query, key and value side by side. */
  attention: (qkv: Tensor, heads: number) => AttentionResult
  /** The gradient of qkv. @param weights as `attention` gave them */
  attentionGradient: (dy: Tensor, qkv: Tensor, weights: Tensor | null, heads: number) => Tensor

  /** activation(a + b) */
  add: (a: Tensor, b: Tensor, activation?: Activation | null) => Tensor
  /** x times what can be spread over it: a number a channel, or [batch, 1, 1, channels]. In x's type. */
  scale: (x: Tensor, factor: Tensor) => Tensor
  /** The gradient of a factor [batch, 1, 1, channels] of the map x: the sum of dy · x over the places. float32 */
  scaleGradient: (dy: Tensor, x: Tensor) => Tensor
  /** The same numbers in another shape. */
  reshape: (x: Tensor, shape: number[]) => Tensor

  /** Of each pair a · (1 − share) + b · share, float32 */
  mix: (pairs: readonly (readonly [a: Tensor, b: Tensor])[], share: number) => Tensor[]
  /**
   * SGD with momentum of some parameters in one pass, where there is a kernel for it: velocity · momentum + gradient, and
   * weight − learning rate · that. The memory of gradient and velocity may be used again where there is one parameter alone: whoever
   * calls may only dispose of both afterwards.
   */
  momentumSteps?: (moves: readonly MomentumMove[], momentum: number) => { weight: Tensor; velocity: Tensor }[]

  /** An integer that tells whether a float32 tensor is still the same, to the bit and in its order. */
  fingerprint: (x: Tensor) => number
}

export interface Window {
  stride: number
  padding: Padding
  /** Each channel by a filter of its own. */
  depthwise: boolean
}

export interface ConvOptions extends Window {
  activation: Activation | null
  /** How the filter lies, where `ready` made it. */
  packed?: Packed | null | undefined
}

/** What no tensor tells of a filter that was laid out anew. */
export interface Packed {
  /** [height, width, in, out] */
  shape: number[]
  /** Its transforms by Winograd's algorithm. */
  isWinograd: boolean
}

export interface Ready {
  filter: Tensor
  bias: Tensor | null
  packed: Packed | null
}

export interface ExpandedOptions extends Window {
  /** Behind both convolutions. */
  activation: Activation
  withMeans: boolean
}

export interface ExpandedResult {
  y: Tensor
  /** y's mean over all places, [batch, 1, 1, channels]; null where it is not wanted. */
  means: Tensor | null
}

export interface ConvNormOptions extends ConvOptions {
  scale: Tensor
  offset: Tensor
  eps: number
}

export interface PoolWindow {
  kernel: number
  stride: number
  padding: number
}

export interface AttentionResult {
  /** [batch, tokens, features] */
  y: Tensor
  /** [batch, heads, tokens, tokens], float32; the caller disposes of it. null where the gradient does without. */
  weights: Tensor | null
}

export interface LayerNormGradient {
  x: Tensor
  scale: Tensor
  offset: Tensor
}

export interface MaxPoolResult {
  y: Tensor
  /** What the gradient needs; the caller disposes of it. */
  saved: Tensor[]
}

/** BatchNorm as a fixed map of each channel. */
export interface FixedNorm {
  scale: Tensor
  offset: Tensor
  mean: Tensor
  variance: Tensor
  eps: number
}

export interface FoldedNorm {
  filter: Tensor
  bias: Tensor
}

/** What SGD with momentum moves a parameter by: tensors of one shape, no velocity before its first step. */
export interface MomentumMove {
  weight: Tensor
  gradient: Tensor
  velocity: Tensor | undefined
  learningRate: number
}

export interface BatchNormResult {
  y: Tensor
  mean: Tensor
  /** With Bessel's correction (n − 1), as PyTorch's running variance wants it. */
  variance: Tensor
  /** What the gradient needs; the caller disposes of it. */
  saved: Tensor[]
}

export interface ConvNormResult extends BatchNormResult {
  z: Tensor
}

export interface BatchNormGradient {
  x: Tensor
  scale: Tensor
  offset: Tensor
}

export interface ConvNormGradient extends BatchNormGradient {
  filter: Tensor
}
