import type {
  Activate,
  Activation,
  AveragePool,
  BatchNorm,
  Conv,
  Layer,
  Linear,
  Padding,
  Paths,
  Sequence,
} from './spec.ts'

/** Layers as lists write them, with what most of them share. */

export const conv = (
  name: string,
  from: number,
  out: number,
  kernel: number,
  how: { stride?: number; padding?: Padding; depthwise?: boolean; bias?: boolean } = {},
): Conv => ({
  kind: 'conv',
  name,
  in: from,
  out,
  kernel,
  stride: how.stride ?? 1,
  padding: how.padding ?? (kernel - 1) / 2,
  groups: how.depthwise ? from : 1,
  bias: how.bias ?? false,
})

export const batchNorm = (name: string, features: number, eps = 1e-5, momentum = 0.1): BatchNorm => ({
  kind: 'batchnorm',
  name,
  features,
  eps,
  momentum,
})

export const activate = (name: string, kind: Activation): Activate => ({ kind, name })
export const linear = (name: string, from: number, out: number): Linear => ({
  kind: 'linear',
  name,
  in: from,
  out,
})
export const sequence = (name: string, layers: Layer[], role?: Sequence['role']): Sequence => ({
  kind: 'sequence',
  name,
  layers,
  ...(role && { role }),
})
export const averagePool = (name: string): AveragePool => ({ kind: 'avgpool', name, size: 1 })
export const flatten: Layer = { kind: 'flatten', name: '' }

/** input + what its layers make of it. @param drop stochastic depth, see `Paths` */
export const residual = (name: string, layers: Layer[], shortcut: Layer[] = [], drop = 0): Paths => ({
  kind: 'paths',
  name,
  join: 'add',
  drop,
  paths: [layers, shortcut],
})

/** torchvision's Conv2dNormActivation: layers 0, 1 and, where there is an activation, 2. */
export const convNormActivation = (
  name: string,
  { layer, norm, activation }: { layer: Conv; norm: BatchNorm; activation: Activation | null },
): Sequence =>
  sequence(name, [
    { ...layer, name: '0' },
    { ...norm, name: '1' },
    ...(activation ? [activate('2', activation)] : []),
  ])

/**
 * Squeeze-and-excite (Hu et al. 2017) as in torchvision: each channel times a number that the means of all channels decide.
 * @param inner after the first of the two convolutions of one place. @param outer gives the numbers
 */
export const squeezeExcite = (
  name: string,
  channels: number,
  squeezed: number,
  { inner, outer }: { inner: Activation; outer: Activation },
): Paths => ({
  kind: 'paths',
  name,
  join: 'scale',
  drop: 0,
  paths: [
    [],
    [
      averagePool('avgpool'),
      conv('fc1', channels, squeezed, 1, { bias: true }),
      activate('activation', inner),
      conv('fc2', squeezed, channels, 1, { bias: true }),
      activate('scale_activation', outer),
    ],
  ],
})

/** Widths stay multiples of `step` and never lose more than a tenth (MobileNet's rule). */
export function roundedWidth(width: number, step = 8): number {
  const rounded = Math.max(step, Math.floor((width + step / 2) / step) * step)
  return rounded < 0.9 * width ? rounded + step : rounded
}
