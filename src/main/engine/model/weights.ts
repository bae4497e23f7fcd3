import { flatLayers, placeLayers } from '../../../shared/model/layers.ts'
import type { TensorSpec } from '../../../shared/model/layers.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { engineShape, layoutsOf, turn } from './layout.ts'
import type { Layout } from './layout.ts'

/**
 * All tensors of a network, by PyTorch's names, as the engine keeps them. BatchNorm's counter of batches is a plain number: it
 * has no part in any computation.
 */
export class Weights {
  readonly specs: readonly TensorSpec[]
  private readonly layouts: Map<string, Layout>
  private readonly tensors = new Map<string, Tensor>()
  private readonly counters = new Map<string, number>()

  constructor(network: Network) {
    const placed = placeLayers(network)
    this.specs = flatLayers(placed).flatMap((it) => it.tensors)
    this.layouts = layoutsOf(placed)
  }

  spec(name: string): TensorSpec {
    const spec = this.specs.find((it) => it.name === name)
    if (!spec) throw new Error(`no tensor ${name}`)
    return spec
  }

  /** The tensor in the engine's layout; it stays the property of the weights. */
  get(name: string): Tensor {
    const tensor = this.tensors.get(name)
    if (!tensor) throw new Error(`${name} has no value yet`)
    return tensor
  }

  /** Takes `tensor` over (the engine's layout) and frees what was there. */
  set(name: string, tensor: Tensor): void {
    const before = this.tensors.get(name)
    this.tensors.set(name, tf.keep(tensor))
    if (before && before !== tensor) before.dispose()
  }

  /** @param values row-major in PyTorch's layout */
  put(name: string, values: Float32Array): void {
    const { shape, dtype } = this.spec(name)
    if (dtype === 'int64') this.counters.set(name, values[0] ?? 0)
    else this.set(name, this.toEngine(name, values, shape))
  }

  /** The values, row-major in PyTorch's layout. */
  take(name: string): Float32Array {
    const { shape, dtype } = this.spec(name)
    if (dtype === 'int64') return Float32Array.of(this.counters.get(name) ?? 0)
    return this.toPyTorch(name, this.get(name), shape)
  }

  /** BatchNorm's count of the batches it has seen. */
  count(name: string, add: number): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + add)
  }

  /** A tensor of `name`'s shape, such as its momentum, from PyTorch's layout. The caller owns it. */
  toEngine(name: string, values: Float32Array, shape = this.spec(name).shape): Tensor {
    const layout = this.layouts.get(name) ?? 'as-is'
    return tf.tensor(turn(values, shape, layout, 'engine'), engineShape(shape, layout), 'float32')
  }

  /** The values of a tensor of `name`'s shape in PyTorch's layout. */
  toPyTorch(name: string, tensor: Tensor, shape = this.spec(name).shape): Float32Array {
    return turn(tensor.dataSync() as Float32Array, shape, this.layouts.get(name) ?? 'as-is', 'pytorch')
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose()
    this.tensors.clear()
  }
}
