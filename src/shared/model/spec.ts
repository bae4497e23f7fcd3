/**
 * An architecture is data: a list of layers, some of which hold lists. Everything else – forward and backward pass, parameter
 * names and shapes, the tree a person freezes layers in, costs, exporters – reads these lists. Names are PyTorch's; a layer's
 * full name is its path ("features.0", "blocks.1.0.conv_dw").
 */

export const activations = ['relu', 'relu6', 'sigmoid', 'hardsigmoid', 'hardswish', 'silu', 'gelu'] as const
export type Activation = (typeof activations)[number]

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

/** Over the last axis of a row, over each token, or over each place of a map. */
export interface Linear {
  kind: 'linear'
  name: string
  in: number
  out: number
  /** Between its name and its tensors': torch.nn.MultiheadAttention holds `in_proj_weight` itself. */
  separator?: '_'
}

/** Normalises the channels of each token, or of each place of a map, and then scales and shifts them. */
export interface LayerNorm {
  kind: 'layernorm'
  name: string
  features: number
  /** Added to the variance. */
  eps: number
}

/** A factor for each channel. */
export interface LayerScale {
  kind: 'layerscale'
  name: string
  features: number
  /** Name of the factors in the layer's module; null: the layer is no module, the parameter has its name. */
  tensor: string | null
  /** In PyTorch: [features], or [features, 1, 1] where it scales a map of channels first. */
  shape: 'vector' | 'map'
}

/** Each place of a map becomes a token: [channels, height, width] to [height · width, channels]. */
export interface Tokens {
  kind: 'tokens'
  name: string
}

/** Puts one learned token, which is to gather the answer, before the others. A bare parameter of the module around it. */
export interface ClassToken {
  kind: 'classtoken'
  name: string
  features: number
}

/** Adds a learned vector to each token: where it is. A bare parameter of the module around it. */
export interface Position {
  kind: 'position'
  name: string
  /** Places by rows and columns; the class token's comes before them. */
  side: number
  features: number
}

/**
 * What each token takes of the others: softmax(q · kᵀ / √d) · v for each head. Query, key and value come in side by side,
 * [tokens, 3 · features], from the linear layer before it; the one behind it mixes the heads.
 */
export interface Attention {
  kind: 'attention'
  name: string
  features: number
  heads: number
}

/** The class token as a row. */
export interface TakeClass {
  kind: 'takeclass'
  name: string
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
  /** Places around the map that are never the largest. */
  padding: number
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

/**
 * What branches: each path gets the same input, and what they give is joined; an empty path gives its input. ResNet's shortcut,
 * squeeze-and-excite and a transformer's two halves are all this. Without a name its layers are named as if they stood around it.
 */
export interface Paths {
  kind: 'paths'
  name: string
  /** `scale`: the first path's map times the second one's number for each channel. */
  join: 'add' | 'scale'
  paths: Layer[][]
  /**
   * Stochastic depth (Huang et al. 2016): the chance that a photo goes without the first path while it learns; else that path
   * counts 1 / (1 − drop). Off where nothing in it learns.
   */
  drop: number
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
  | LayerNorm
  | LayerScale
  | Tokens
  | ClassToken
  | Position
  | Attention
  | TakeClass
  | Paths
  | Sequence
  | Block

/** Layers that hold a list of layers. What holds several is `Paths`. */
export type Group = Sequence | Block
export type Container = Group | Paths
export type LayerOf<K extends Layer['kind']> = Extract<Layer, { kind: K }>

export const isGroup = (layer: Layer): layer is Group => layer.kind === 'sequence' || layer.kind === 'block'
export const isContainer = (layer: Layer): layer is Container => isGroup(layer) || layer.kind === 'paths'
export const isActivation = (layer: Layer | undefined): layer is Activate =>
  layer !== undefined && (activations as readonly string[]).includes(layer.kind)

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
  /** The node that stands for what sees, as against what decides; '': the whole network. */
  body: string
  /** The parts above the body that learn faster than it and slower than the head. */
  middle: readonly string[]
  /** The nodes that people freeze one by one and that are drawn, first to last; the head is among them. */
  parts: readonly string[]
}
