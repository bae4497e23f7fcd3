/**
 * Each kind of layer as ONNX's operators. Maps are [batch, channels, height, width] as in PyTorch, tokens [batch, tokens, channels],
 * rows [batch, channels]; weights keep PyTorch's layout.
 */
import type { MapShape, Shape, TokensShape } from '../../../shared/model/shape.ts'
import type { Activate, Activation, Layer, LayerOf } from '../../../shared/model/spec.ts'
import type { OutgoingTensor } from '../weights/outgoing.ts'
import type { Emit as EmitInto } from './emitLayers.ts'
import { emitWith } from './emitLayers.ts'
import type { GraphBuilder } from './graphBuilder.ts'

export interface Emitting {
  builder: GraphBuilder
  /** A tensor of the network by its full name. */
  tensor: (name: string) => OutgoingTensor
}

type Emit<L extends Layer> = EmitInto<Emitting, L>

const isMap = (shape: Shape): shape is MapShape => shape.length === 3
const isTokens = (shape: Shape): shape is TokensShape => shape.length === 2

const weightOf = ({ builder, tensor }: Emitting, name: string): string => builder.weight(tensor(name))

/** Channels last, where an operator works on them, and back. */
function channelsLast(
  builder: GraphBuilder,
  shape: Shape,
  input: string,
  work: (input: string) => string,
): string {
  if (!isMap(shape)) return work(input)
  const last = builder.node('Transpose', [input], { perm: { ints: [0, 2, 3, 1] } })
  return builder.node('Transpose', [work(last)], { perm: { ints: [0, 3, 1, 2] } })
}

/** Pixels before and after: TensorFlow's "same" puts an odd one after. */
function padsOf({ kernel, stride, padding }: LayerOf<'conv'>, [, height, width]: MapShape): number[] {
  if (padding !== 'same') return [padding, padding, padding, padding]
  const around = [height, width].map((size) =>
    Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size),
  )
  const before = around.map((it) => Math.floor(it / 2))
  return [...before, ...around.map((it, axis) => it - before[axis]!)]
}

const conv: Emit<LayerOf<'conv'>> = (at, layer, { name, input: shape }, input) =>
  at.builder.node(
    'Conv',
    [input, weightOf(at, `${name}.weight`), ...(layer.bias ? [weightOf(at, `${name}.bias`)] : [])],
    {
      kernel_shape: { ints: [layer.kernel, layer.kernel] },
      strides: { ints: [layer.stride, layer.stride] },
      pads: { ints: padsOf(layer, shape as MapShape) },
      group: { int: layer.groups },
    },
  )

const batchnorm: Emit<LayerOf<'batchnorm'>> = (at, { eps }, { name }, input) =>
  at.builder.node(
    'BatchNormalization',
    [
      input,
      ...['weight', 'bias', 'running_mean', 'running_var'].map((part) => weightOf(at, `${name}.${part}`)),
    ],
    { epsilon: { float: eps } },
  )

const linear: Emit<LayerOf<'linear'>> = (at, layer, { name, input: shape }, input) => {
  const { builder } = at
  const [weight, bias] = ['weight', 'bias'].map((part) =>
    weightOf(at, `${name}${layer.separator ?? '.'}${part}`),
  ) as [string, string]
  if (!isMap(shape) && !isTokens(shape))
    return builder.node('Gemm', [input, weight, bias], { transB: { int: 1 } })
  return channelsLast(builder, shape, input, (last) => {
    const turned = builder.node('Transpose', [weight], { perm: { ints: [1, 0] } })
    return builder.node('Add', [builder.node('MatMul', [last, turned]), bias])
  })
}

const layernorm: Emit<LayerOf<'layernorm'>> = (at, { eps }, { name, input: shape }, input) =>
  channelsLast(at.builder, shape, input, (last) =>
    at.builder.node(
      'LayerNormalization',
      [last, weightOf(at, `${name}.weight`), weightOf(at, `${name}.bias`)],
      {
        axis: { int: -1 },
        epsilon: { float: eps },
      },
    ),
  )

const layerscale: Emit<LayerOf<'layerscale'>> = (at, layer, placed, input) => {
  const factor = weightOf(at, placed.tensors[0]!.name)
  if (!isMap(placed.input) || layer.shape === 'map') return at.builder.node('Mul', [input, factor])
  return at.builder.node('Mul', [input, at.builder.node('Reshape', [factor, at.builder.ints(-1, 1, 1)])])
}

type AsOperators = (builder: GraphBuilder, input: string) => string

const activations: Record<Activation, AsOperators> = {
  relu: (builder, input) => builder.node('Relu', [input]),
  relu6: (builder, input) =>
    builder.node('Clip', [input, builder.floats('zero', [0], []), builder.floats('six', [6], [])]),
  sigmoid: (builder, input) => builder.node('Sigmoid', [input]),
  // As torch.nn.Hardsigmoid: clip(x / 6 + 1/2, 0, 1).
  hardsigmoid: (builder, input) =>
    builder.node('HardSigmoid', [input], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  hardswish: (builder, input) => builder.node('HardSwish', [input]),
  silu: (builder, input) => builder.node('Mul', [input, builder.node('Sigmoid', [input])]),
  // x · (1 + erf(x / √2)) / 2; an operator of its own came after this operator set.
  gelu: (builder, input) => {
    const scaled = builder.node('Mul', [input, builder.floats('root_half', [Math.SQRT1_2], [])])
    const raised = builder.node('Add', [builder.node('Erf', [scaled]), builder.floats('one', [1], [])])
    const half = builder.node('Mul', [input, builder.floats('half', [0.5], [])])
    return builder.node('Mul', [half, raised])
  },
}

const activate: Emit<Activate> = ({ builder }, { kind }, _, input) => activations[kind](builder, input)

const maxpool: Emit<LayerOf<'maxpool'>> = ({ builder }, { kernel, stride, padding }, _, input) =>
  builder.node('MaxPool', [input], {
    kernel_shape: { ints: [kernel, kernel] },
    strides: { ints: [stride, stride] },
    pads: { ints: [padding, padding, padding, padding] },
  })

/**
 * The means of adaptive pooling along one axis as a matrix, [size, length]: place i takes from ⌊i · length / size⌋ to
 * ⌈(i + 1) · length / size⌉ (torch.nn.AdaptiveAvgPool2d).
 */
function meansOf(length: number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => {
    const first = Math.floor((index * length) / size)
    const end = Math.ceil(((index + 1) * length) / size)
    return Array.from({ length }, (_, at) => (at >= first && at < end ? 1 / (end - first) : 0))
  }).flat()
}

const avgpool: Emit<LayerOf<'avgpool'>> = ({ builder }, { size }, { input: shape }, input) => {
  const [, height, width] = shape as MapShape
  if (height === size && width === size) return input
  if (size === 1) return builder.node('GlobalAveragePool', [input])
  const rows = builder.floats(`means_${height}_${size}`, meansOf(height, size), [size, height])
  const columns = builder.floats(`means_${width}_${size}`, meansOf(width, size), [size, width])
  const turned = builder.node('Transpose', [columns], { perm: { ints: [1, 0] } })
  return builder.node('MatMul', [builder.node('MatMul', [rows, input]), turned])
}

const flatten: Emit<LayerOf<'flatten'>> = ({ builder }, _, __, input) =>
  builder.node('Flatten', [input], { axis: { int: 1 } })

const tokens: Emit<LayerOf<'tokens'>> = ({ builder }, _, { input: shape }, input) => {
  const rows = builder.node('Reshape', [input, builder.ints(0, (shape as MapShape)[0], -1)])
  return builder.node('Transpose', [rows], { perm: { ints: [0, 2, 1] } })
}

const classtoken: Emit<LayerOf<'classtoken'>> = (at, _, { name }, input) => {
  const { builder } = at
  const batch = builder.node('Gather', [builder.node('Shape', [input]), builder.ints(0)], {
    axis: { int: 0 },
  })
  const shape = builder.node('Concat', [batch, builder.ints(1, 1)], { axis: { int: 0 } })
  const token = builder.node('Expand', [weightOf(at, name), shape])
  return builder.node('Concat', [token, input], { axis: { int: 1 } })
}

const position: Emit<LayerOf<'position'>> = (at, _, { name }, input) =>
  at.builder.node('Add', [input, weightOf(at, name)])

const attention: Emit<LayerOf<'attention'>> = ({ builder }, { features, heads }, { input: shape }, input) => {
  const [count] = shape as TokensShape
  const width = features / heads
  const parts = builder.nodeOf('Split', [input, builder.ints(features, features, features)], 3, {
    axis: { int: -1 },
  })
  const byHead = (name: string, perm: readonly number[]) =>
    builder.node('Transpose', [builder.node('Reshape', [name, builder.ints(0, count, heads, width)])], {
      perm: { ints: perm },
    })
  const [query, value] = [parts[0]!, parts[2]!].map((name) => byHead(name, [0, 2, 1, 3])) as [string, string]
  const scores = builder.node('MatMul', [query, byHead(parts[1]!, [0, 2, 3, 1])])
  const scaled = builder.node('Mul', [scores, builder.floats(`scale_${width}`, [1 / Math.sqrt(width)], [])])
  const taken = builder.node('MatMul', [builder.node('Softmax', [scaled], { axis: { int: -1 } }), value])
  const together = builder.node('Transpose', [taken], { perm: { ints: [0, 2, 1, 3] } })
  return builder.node('Reshape', [together, builder.ints(0, count, features)])
}

const takeclass: Emit<LayerOf<'takeclass'>> = ({ builder }, _, __, input) =>
  builder.node('Gather', [input, builder.int(0)], { axis: { int: 1 } })

/** Adds layers as ONNX's operators. @returns the name of what the last one gives */
export const emitLayers = emitWith<Emitting>({
  conv,
  batchnorm,
  linear,
  layernorm,
  layerscale,
  maxpool,
  avgpool,
  flatten,
  tokens,
  classtoken,
  position,
  attention,
  takeclass,
  activate,
  add: ({ builder }, a, b) => builder.node('Add', [a, b]),
  scale: ({ builder }, value, factors, shape) =>
    builder.node('Mul', [
      value,
      isMap(shape) ? factors : builder.node('Reshape', [factors, builder.ints(0, -1, 1, 1)]),
    ]),
})
