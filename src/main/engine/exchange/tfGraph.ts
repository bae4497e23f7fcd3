/**
 * A graph as TensorFlow.js reads it (tfjs-converter's graph models: TensorFlow's GraphDef as JSON, in which whole numbers and
 * bytes are texts). Weights and constants are nodes without a value; their values lie in the weights' files.
 */
import type { OutgoingTensor } from '../weights/outgoing.ts'

type Attribute =
  | { type: 'DT_FLOAT' | 'DT_INT32' }
  | { b: boolean }
  | { f: number }
  | { i: string }
  | { s: string }
  | { list: { i: string[] } }
  | { shape: { dim: { size: string }[] } }

export interface TfNode {
  name: string
  op: string
  input?: string[]
  attr: Record<string, Attribute>
}

/** A weight or constant on its way into the weights' files. */
export interface TfWeight {
  tensor: OutgoingTensor
  dtype: 'float32' | 'int32'
}

/** TensorFlow writes texts as bytes, and JSON bytes in base64. */
export const asText = (value: string): Attribute => ({ s: Buffer.from(value).toString('base64') })
export const asInts = (...values: number[]): Attribute => ({ list: { i: values.map(String) } })

const float: Record<string, Attribute> = { T: { type: 'DT_FLOAT' } }

/** Collects nodes and weights. */
export class TfGraph {
  readonly nodes: TfNode[] = []
  readonly weights: TfWeight[] = []
  private readonly known = new Set<string>()
  private count = 0

  /** @returns the output's name */
  node(op: string, input: readonly string[], attr: Record<string, Attribute> = {}): string {
    const name = `${op}_${(this.count += 1)}`
    this.nodes.push({ name, op, input: [...input], attr: { ...float, ...attr } })
    return name
  }

  placeholder(name: string, shape: readonly number[]): string {
    const dims = shape.map((size) => ({ size: String(size) }))
    this.nodes.push({
      name,
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: dims } } },
    })
    return name
  }

  /** The node under the name that it shall be known by outside. */
  output(name: string, from: string): void {
    this.nodes.push({ name, op: 'Identity', input: [from], attr: float })
  }

  weight(tensor: OutgoingTensor, dtype: TfWeight['dtype'] = 'float32'): string {
    if (!this.known.has(tensor.name)) {
      this.known.add(tensor.name)
      this.weights.push({ tensor, dtype })
      const type = dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT'
      this.nodes.push({ name: tensor.name, op: 'Const', attr: { dtype: { type } } })
    }
    return tensor.name
  }

  ints(...values: number[]): string {
    const name = `ints_${values.join('_').replaceAll('-', 'm')}`
    const tensor = { name, shape: [values.length], dtype: 'float32' as const }
    return this.weight({ ...tensor, values: () => Float32Array.from(values) }, 'int32')
  }

  number(name: string, value: number): string {
    return this.weight({ name, shape: [], dtype: 'float32', values: () => Float32Array.of(value) })
  }
}
