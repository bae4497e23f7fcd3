/**
 * An architecture is data: a list of layers, some of which hold lists. Everything else – forward and backward pass, parameter
 * names and shapes, the tree a person freezes layers in, costs, exporters – reads these lists. Names are PyTorch's; a layer's
 * full name is its path ("features.0", "blocks.1.0.conv_dw").
 */

export type Activation = 'relu' | 'relu6'

/** How a window is laid over the borders: a number of pixels on each side, or TensorFlow's "same" (may be uneven). */
export type Padding = number | 'same'

export interface Conv {
  kind: 'conv'
  name: string
  in: number
  out: number
  kernel: number
  stride: number
  padding: Padding
  /** 1, or `in` for a depthwise convolution (`out` equals `in` then). */
  groups: number
  bias: boolean
}

export interface BatchNorm {
  kind: 'batchnorm'
  name: string
  features: number
  /** Added to the variance: 1e-5 in torchvision, 1e-3 in EfficientNet-Lite. */
  eps: number
  /** Share of the new batch in the running statistics (PyTorch's meaning: running = .9 · running + .1 · batch). */
  momentum: number
}

export interface Linear {
  kind: 'linear'
  name: string
  in: number
  out: number
}

export interface Activate {
  kind: Activation
  /** Empty where PyTorch has no module of its own for it (timm's BatchNormAct2d). */
  name: string
}

export interface MaxPool {
  kind: 'maxpool'
  name: string
  kernel: number
  stride: number
}

/** Adaptive average pooling to `size` × `size`. */
export interface AveragePool {
  kind: 'avgpool'
  name: string
  size: number
}

/** [batch, height, width, channels] to a row a photo, in PyTorch's order: channel, row, column. */
export interface Flatten {
  kind: 'flatten'
  name: string
}

export interface Dropout {
  kind: 'dropout'
  name: string
  p: number
}

/** A named group of layers, run one after the other. */
export interface Sequence {
  kind: 'sequence'
  name: string
  layers: Layer[]
  /** What the part does, for people who see a network for the first time. */
  role?: 'sees' | 'decides'
}

/** input + body(input); the body keeps the shape. */
export interface Residual {
  kind: 'residual'
  name: string
  layers: Layer[]
}

/**
 * Layers that belong together for people but are no module in PyTorch ("Block 1", features.0–4). Its name is the range, its
 * layers keep the names they have in the parent.
 */
export interface Block {
  kind: 'block'
  name: string
  title: string
  layers: Layer[]
}

export type Layer =
  | Conv
  | BatchNorm
  | Linear
  | Activate
  | MaxPool
  | AveragePool
  | Flatten
  | Dropout
  | Sequence
  | Residual
  | Block

export type Container = Sequence | Residual | Block

export function isContainer(layer: Layer): layer is Container {
  return layer.kind === 'sequence' || layer.kind === 'residual' || layer.kind === 'block'
}

/** A network: its layers, and what goes with them. */
export interface Network {
  /** As on the command line: `vgg16`. */
  name: string
  /** As people write it: `VGG16`. */
  title: string
  /** Side of the input, pixels. */
  size: number
  classes: number
  layers: Layer[]
  /** Full name of the last linear layer: the one that is new for every task. */
  head: string
}
