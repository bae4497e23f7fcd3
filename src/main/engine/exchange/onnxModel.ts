/** ONNX's messages (github.com/onnx/onnx, onnx/onnx.proto); fields have the numbers that stand there. */
import type { OutgoingTensor } from '../weights/outgoing.ts'
import { outgoingBytes, outgoingChunks } from '../weights/outgoing.ts'
import type { Piece } from './protobuf.ts'
import { delimited, float, int, joined, message, text } from './protobuf.ts'

/** The format's version that opset 18 came with, and the operator set itself. */
const irVersion = 8
export const opset = 18

export const elementTypes = { float32: 1, uint8: 2, int64: 7 } as const
export type ElementType = keyof typeof elementTypes

/** An attribute of a node. Whole numbers are `ints` or `int`; ONNX tells 1 from 1.0. */
export type Attribute = { int: number } | { ints: readonly number[] } | { float: number } | { string: string }

export interface Node {
  op: string
  inputs: readonly string[]
  outputs: readonly string[]
  attributes?: Readonly<Record<string, Attribute>>
}

/** A value that goes in or comes out; a text is an axis whose length is free. */
export interface ValueInfo {
  name: string
  type: ElementType
  shape: readonly (number | string)[]
}

export interface Graph {
  name: string
  nodes: readonly Node[]
  /** Weights and constants. */
  initializers: readonly OutgoingTensor[]
  inputs: readonly ValueInfo[]
  outputs: readonly ValueInfo[]
}

function attribute(name: string, value: Attribute): Piece {
  const [kind, parts] =
    'int' in value
      ? [2, [int(3, value.int)]]
      : 'ints' in value
        ? [7, value.ints.map((it) => int(8, it))]
        : 'float' in value
          ? [1, [float(2, value.float)]]
          : [3, [text(4, value.string)]]
  return message(5, [text(1, name), ...parts, int(20, kind)])
}

const node = ({ op, inputs, outputs, attributes = {} }: Node): Piece =>
  message(1, [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${op}_${outputs[0]!}`),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  ])

const initializer = (tensor: OutgoingTensor): Piece =>
  message(5, [
    ...tensor.shape.map((length) => int(1, length)),
    int(2, elementTypes[tensor.dtype]),
    text(8, tensor.name),
    delimited(9, { bytes: outgoingBytes(tensor), chunks: () => outgoingChunks(tensor) }),
  ])

function valueInfo(field: number, { name, type, shape }: ValueInfo): Piece {
  const axes = shape.map((axis) => message(1, [typeof axis === 'number' ? int(1, axis) : text(2, axis)]))
  return message(field, [
    text(1, name),
    message(2, [message(1, [int(1, elementTypes[type]), message(2, axes)])]),
  ])
}

/**
 * A model as it stands in a file.
 * @param metadata what other programs and people may want to know: classes, preparation, where it came from
 */
export function onnxModel(graph: Graph, version: string, metadata: Readonly<Record<string, string>>): Piece {
  return joined([
    int(1, irVersion),
    text(2, 'thaw'),
    text(3, version),
    message(7, [
      ...graph.nodes.map(node),
      text(2, graph.name),
      ...graph.initializers.map(initializer),
      ...graph.inputs.map((it) => valueInfo(11, it)),
      ...graph.outputs.map((it) => valueInfo(12, it)),
    ]),
    message(8, [int(2, opset)]),
    ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ])
}
