import type { OutgoingTensor } from '../weights/outgoing.ts'
import type { Attribute, Graph, Node, ValueInfo } from './onnxModel.ts'

/** Collects the nodes and constants of a graph, and names what flows between them. */
export class GraphBuilder {
  private readonly nodes: Node[] = []
  private readonly constants = new Map<string, OutgoingTensor>()
  private count = 0

  /** Adds a node with one output. @returns the output's name */
  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string {
    return this.nodeOf(op, inputs, 1, attributes)[0]!
  }

  /** Adds a node with several outputs. @returns their names */
  nodeOf(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const names = Array.from({ length: outputs }, () => `v${(this.count += 1)}`)
    this.nodes.push({ op, inputs, outputs: names, attributes })
    return names
  }

  /** Whole numbers as a constant, each value once. */
  ints(...values: number[]): string {
    return this.constant(`ints_${values.join('_')}`, 'int64', Float32Array.from(values), [values.length])
  }

  /** A single number, without axes. */
  int(value: number): string {
    return this.constant(`int_${value}`, 'int64', Float32Array.of(value), [])
  }

  /** Numbers as a constant of a shape. */
  floats(name: string, values: readonly number[] | Float32Array, shape: readonly number[]): string {
    return this.constant(name, 'float32', Float32Array.from(values), shape)
  }

  /** A weight, read when it is written. */
  weight(tensor: OutgoingTensor): string {
    this.constants.set(tensor.name, tensor)
    return tensor.name
  }

  private constant(
    name: string,
    dtype: OutgoingTensor['dtype'],
    values: Float32Array,
    shape: readonly number[],
  ): string {
    if (!this.constants.has(name)) this.constants.set(name, { name, shape, dtype, values: () => values })
    return name
  }

  /** @param output the name of what comes out, under which it shall be known outside */
  graph(name: string, inputs: readonly ValueInfo[], from: string, output: ValueInfo): Graph {
    return {
      name,
      nodes: [...this.nodes, { op: 'Identity', inputs: [from], outputs: [output.name] }],
      initializers: [...this.constants.values()],
      inputs,
      outputs: [output],
    }
  }
}
