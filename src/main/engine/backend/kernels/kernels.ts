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
  /** `y` is the activation's output, which tells as much as its input and is kept anyway. */
  activationGradient: (dy: Tensor, y: Tensor, activation: Activation) => Tensor

  /** activation(x · weightᵀ + bias); x [batch, in], weight [out, in], float32. */
  linear: (x: Tensor, weight: Tensor, bias: Tensor, activation: Activation | null) => Tensor
  /** [batch, in] */
  linearInputGradient: (dy: Tensor, weight: Tensor) => Tensor
  /** [out, in] */
  linearWeightGradient: (dy: Tensor, x: Tensor) => Tensor

  /** Windows lie within the input. */
  maxPool: (x: Tensor, kernel: number, stride: number) => MaxPoolResult
  /** Each window's gradient goes to the first of its largest numbers. */
  maxPoolGradient: (
    dy: Tensor,
    inputShape: number[],
    saved: Tensor[],
    kernel: number,
    stride: number,
  ) => Tensor

  /** Adaptive average pooling to size × size; the input's sides are multiples of it. float32 where `size` is 1. */
  averagePool: (x: Tensor, size: number) => Tensor
  averagePoolGradient: (dy: Tensor, inputShape: number[]) => Tensor

  /** Normalises by the batch's own mean and variance. Statistics are computed in float64 (`batchStatistics.ts`), and float32. */
  batchNorm: (x: Tensor, scale: Tensor, offset: Tensor, eps: number) => BatchNormResult
  batchNormGradient: (dy: Tensor, x: Tensor, scale: Tensor, saved: Tensor[], eps: number) => BatchNormGradient

  add: (a: Tensor, b: Tensor) => Tensor

  /** The 32-bit sum of the bits of a float32 tensor's numbers, modulo 2³²: any change of one of them changes it. */
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
}

export interface MaxPoolResult {
  y: Tensor
  /** What the gradient needs; the caller disposes of it. */
  saved: Tensor[]
}

export interface BatchNormResult {
  y: Tensor
  mean: Tensor
  /** With Bessel's correction (n − 1), as PyTorch's running variance wants it. */
  variance: Tensor
  /** What the gradient needs; the caller disposes of it. */
  saved: Tensor[]
}

export interface BatchNormGradient {
  x: Tensor
  scale: Tensor
  offset: Tensor
}
