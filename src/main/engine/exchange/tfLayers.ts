/**
 * Each kind of layer as TensorFlow's operators. Maps are [batch, height, width, channels], tokens [batch, tokens, channels], rows
 * [batch, channels].
 */
import type { MapShape, Shape, TokensShape } from '../../../shared/model/shape.ts'
import { sizeOf } from '../../../shared/model/shape.ts'
import type { Activate, Activation, Layer, LayerOf } from '../../../shared/model/spec.ts'
import type { OutgoingTensor } from '../weights/outgoing.ts'
import type { Emit as EmitInto } from './emitLayers.ts'
import { emitWith } from './emitLayers.ts'
import type { TfGraph } from './tfGraph.ts'
import { asInts, asText } from './tfGraph.ts'

export interface TfEmitting {
  graph: TfGraph
  /** A tensor of the network by its full name. */
  tensor: (name: string) => OutgoingTensor
}

type Emit<L extends Layer> = EmitInto<TfEmitting, L>

const isMap = (shape: Shape): shape is MapShape => shape.length === 3

const weightOf = ({ graph, tensor }: TfEmitting, name: string): string => graph.weight(tensor(name))

const reshape = (graph: TfGraph, input: string, ...shape: number[]): string =>
  graph.node('Reshape', [input, graph.ints(...shape)], { Tshape: { type: 'DT_INT32' } })

const transpose = (graph: TfGraph, input: string, ...perm: number[]): string =>
  graph.node('Transpose', [input, graph.ints(...perm)], { Tperm: { type: 'DT_INT32' } })

const add = (graph: TfGraph, a: string, b: string): string => graph.node('AddV2', [a, b])
const multiply = (graph: TfGraph, a: string, b: string): string => graph.node('Mul', [a, b])

const mean = (graph: TfGraph, input: string, ...axes: number[]): string =>
  graph.node('Mean', [input, graph.ints(...axes)], { keep_dims: { b: true }, Tidx: { type: 'DT_INT32' } })

/** The shape in TensorFlow's order, without the batch. */
const channelsLast = (shape: Shape): number[] => (isMap(shape) ? [shape[1], shape[2], shape[0]] : [...shape])

/** [out, in, height, width] to [height, width, in, out]. */
function turnedKernel(tensor: OutgoingTensor, isDepthwise: boolean): OutgoingTensor {
  const [out, within, height, width] = tensor.shape as [number, number, number, number]
  const area = height * width
  const values = async () => {
    const given = await tensor.values()
    if (!(given instanceof Float32Array)) throw new Error(`${tensor.name} comes in pieces`)
    const turned = new Float32Array(given.length)
    for (let o = 0; o < out; o += 1)
      for (let i = 0; i < within; i += 1)
        for (let at = 0; at < area; at += 1)
          turned[(at * within + i) * out + o] = given[(o * within + i) * area + at]!
    return turned
  }
  // A depthwise kernel is [height, width, channels, 1]: the same numbers in the same order.
  return { ...tensor, shape: isDepthwise ? [height, width, out, 1] : [height, width, within, out], values }
}

const conv: Emit<LayerOf<'conv'>> = (at, { kernel, stride, padding, groups, bias }, { name }, input) => {
  const { graph } = at
  const isDepthwise = groups > 1
  const filter = graph.weight(turnedKernel(at.tensor(`${name}.weight`), isDepthwise))
  const pads =
    padding === 'same' || padding === 0 || kernel === 1
      ? { padding: asText(padding === 'same' ? 'SAME' : 'VALID') }
      : {
          padding: asText('EXPLICIT'),
          explicit_paddings: asInts(0, 0, padding, padding, padding, padding, 0, 0),
        }
  const product = graph.node(isDepthwise ? 'DepthwiseConv2dNative' : 'Conv2D', [input, filter], {
    strides: asInts(1, stride, stride, 1),
    dilations: asInts(1, 1, 1, 1),
    data_format: asText('NHWC'),
    ...pads,
  })
  return bias ? graph.node('BiasAdd', [product, weightOf(at, `${name}.bias`)]) : product
}

const batchnorm: Emit<LayerOf<'batchnorm'>> = (at, { eps }, { name }, input) =>
  at.graph.node(
    'FusedBatchNormV3',
    [
      input,
      ...['weight', 'bias', 'running_mean', 'running_var'].map((part) => weightOf(at, `${name}.${part}`)),
    ],
    { epsilon: { f: eps }, is_training: { b: false }, data_format: asText('NHWC'), U: { type: 'DT_FLOAT' } },
  )

/** Over the last axis, whatever stands before it. */
const linear: Emit<LayerOf<'linear'>> = (at, layer, { name, input: shape, output }, input) => {
  const { graph } = at
  const of = (part: string) => weightOf(at, `${name}${layer.separator ?? '.'}${part}`)
  const rows = shape.length === 1 ? input : reshape(graph, input, -1, layer.in)
  const product = graph.node('MatMul', [rows, of('weight')], {
    transpose_a: { b: false },
    transpose_b: { b: true },
  })
  const sum = graph.node('BiasAdd', [product, of('bias')])
  return shape.length === 1 ? sum : reshape(graph, sum, -1, ...channelsLast(output))
}

const layernorm: Emit<LayerOf<'layernorm'>> = (at, { eps }, { name, input: shape }, input) => {
  const { graph } = at
  const axis = shape.length
  const centred = graph.node('Sub', [input, mean(graph, input, axis)])
  const variance = mean(graph, multiply(graph, centred, centred), axis)
  const scale = graph.node('Rsqrt', [add(graph, variance, graph.number(`eps_${eps}`, eps))])
  const normal = multiply(graph, centred, scale)
  return add(graph, multiply(graph, normal, weightOf(at, `${name}.weight`)), weightOf(at, `${name}.bias`))
}

/** Channels come last here, so that factors need no other axes. */
const layerscale: Emit<LayerOf<'layerscale'>> = ({ graph, tensor }, { features }, { tensors }, input) => {
  const factors = tensor(tensors[0]!.name)
  return multiply(graph, input, graph.weight({ ...factors, shape: [features] }))
}

type AsOperators = (graph: TfGraph, input: string) => string

/** Relu6(x + 3) / 6. */
const hardSigmoid: AsOperators = (graph, input) => {
  const clipped = graph.node('Relu6', [add(graph, input, graph.number('three', 3))])
  return multiply(graph, clipped, graph.number('sixth', 1 / 6))
}

const activations: Record<Activation, AsOperators> = {
  relu: (graph, input) => graph.node('Relu', [input]),
  relu6: (graph, input) => graph.node('Relu6', [input]),
  sigmoid: (graph, input) => graph.node('Sigmoid', [input]),
  hardsigmoid: hardSigmoid,
  hardswish: (graph, input) => multiply(graph, input, hardSigmoid(graph, input)),
  silu: (graph, input) => multiply(graph, input, graph.node('Sigmoid', [input])),
  gelu: (graph, input) => {
    const error = graph.node('Erf', [multiply(graph, input, graph.number('root_half', Math.SQRT1_2))])
    const raised = add(graph, error, graph.number('one', 1))
    return multiply(graph, multiply(graph, input, graph.number('half', 0.5)), raised)
  },
}

const activate: Emit<Activate> = ({ graph }, { kind }, _, input) => activations[kind](graph, input)

/** Smaller than any number that a network gives, and still one that every backend can hold. */
const lowest = -3e38

const maxpool: Emit<LayerOf<'maxpool'>> = ({ graph }, { kernel, stride, padding }, _, input) => {
  const around =
    padding === 0
      ? input
      : graph.node(
          'PadV2',
          [
            input,
            reshape(graph, graph.ints(0, 0, padding, padding, padding, padding, 0, 0), 4, 2),
            graph.number('lowest', lowest),
          ],
          { Tpaddings: { type: 'DT_INT32' } },
        )
  return graph.node('MaxPool', [around], {
    ksize: asInts(1, kernel, kernel, 1),
    strides: asInts(1, stride, stride, 1),
    padding: asText('VALID'),
    data_format: asText('NHWC'),
  })
}

const avgpool: Emit<LayerOf<'avgpool'>> = ({ graph }, { size }, { input: shape }, input) => {
  const [, height, width] = shape as MapShape
  if (height === size && width === size) return input
  if (size === 1) return mean(graph, input, 1, 2)
  if (height % size !== 0 || width % size !== 0)
    throw new Error(`pooling ${height} × ${width} to ${size} × ${size} has no operator in TensorFlow.js`)
  const window = asInts(1, height / size, width / size, 1)
  return graph.node('AvgPool', [input], {
    ksize: window,
    strides: window,
    padding: asText('VALID'),
    data_format: asText('NHWC'),
  })
}

/** In PyTorch's order: channel, row, column. */
const flatten: Emit<LayerOf<'flatten'>> = ({ graph }, _, { input: shape }, input) =>
  reshape(graph, isMap(shape) ? transpose(graph, input, 0, 3, 1, 2) : input, -1, sizeOf(shape))

const tokens: Emit<LayerOf<'tokens'>> = ({ graph }, _, { output }, input) =>
  reshape(graph, input, -1, ...(output as TokensShape))

/** Part of an axis of tokens: [batch, count, channels] from `first` on. */
const slice = (graph: TfGraph, input: string, first: number, count: number, channels: number): string =>
  graph.node('Slice', [input, graph.ints(0, first, 0), graph.ints(-1, count, channels)], {
    Index: { type: 'DT_INT32' },
  })

/** As many tokens as there are photos: nothing of the first one of each, and the learned one. */
const classtoken: Emit<LayerOf<'classtoken'>> = (at, { features }, { name }, input) => {
  const { graph } = at
  const none = multiply(graph, slice(graph, input, 0, 1, features), graph.number('zero', 0))
  const token = add(graph, none, weightOf(at, name))
  return graph.node('ConcatV2', [token, input, axisOf(graph, 1)], {
    N: { i: '2' },
    Tidx: { type: 'DT_INT32' },
  })
}

const axisOf = (graph: TfGraph, axis: number): string =>
  graph.weight(
    { name: `axis_${axis}`, shape: [], dtype: 'float32', values: () => Float32Array.of(axis) },
    'int32',
  )

const position: Emit<LayerOf<'position'>> = (at, _, { name }, input) =>
  add(at.graph, input, weightOf(at, name))

const attention: Emit<LayerOf<'attention'>> = ({ graph }, { features, heads }, { input: shape }, input) => {
  const [count] = shape as TokensShape
  const width = features / heads
  // [batch, tokens, 3 · features] to [3, batch, heads, tokens, width], in two steps that every backend has.
  const byHead = (part: number) => {
    const own = graph.node(
      'Slice',
      [input, graph.ints(0, 0, part * features), graph.ints(-1, count, features)],
      {
        Index: { type: 'DT_INT32' },
      },
    )
    return transpose(graph, reshape(graph, own, -1, count, heads, width), 0, 2, 1, 3)
  }
  const product = (a: string, b: string, turned: boolean) =>
    graph.node('BatchMatMulV2', [a, b], { adj_x: { b: false }, adj_y: { b: turned } })
  const scores = multiply(
    graph,
    product(byHead(0), byHead(1), true),
    graph.number(`scale_${width}`, 1 / Math.sqrt(width)),
  )
  const taken = product(graph.node('Softmax', [scores]), byHead(2), false)
  return reshape(graph, transpose(graph, taken, 0, 2, 1, 3), -1, count, features)
}

const takeclass: Emit<LayerOf<'takeclass'>> = ({ graph }, _, { output }, input) =>
  reshape(graph, slice(graph, input, 0, 1, sizeOf(output)), -1, sizeOf(output))

/** Adds layers as TensorFlow's operators. @returns the name of what the last one gives */
export const emitTfLayers = emitWith<TfEmitting>({
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
  add: ({ graph }, a, b) => add(graph, a, b),
  scale: ({ graph }, value, factors, shape) =>
    multiply(graph, value, isMap(shape) ? factors : reshape(graph, factors, -1, 1, 1, sizeOf(shape))),
})
