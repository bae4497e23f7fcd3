import { sizeOf, tensorsOfNetwork } from '../../../shared/model/layers.ts'
import type { TensorSpec } from '../../../shared/model/layers.ts'
import type { Network } from '../../../shared/model/spec.ts'
import { upload } from '../backend/memory.ts'
import { tf } from '../backend/tf.ts'
import type { Tensor } from '../backend/tf.ts'
import { toEngineAxes, toPyTorchAxes } from './layout.ts'

/** Numbers in a piece of a large tensor: 16 MB. */
const pieceSize = 2 ** 22

const tensorsIn = (made: object | null): Tensor[] =>
  Object.values(made ?? {}).filter((it) => it instanceof tf.Tensor)

/**
 * All tensors of a network, by PyTorch's names, as the engine keeps them. BatchNorm's counter of batches is a plain number: it
 * has no part in any computation.
 */
export class Weights {
  readonly specs: readonly TensorSpec[]
  private readonly byName: ReadonlyMap<string, TensorSpec>
  private readonly tensors = new Map<string, Tensor>()
  private readonly counters = new Map<string, number>()
  private readonly derived = new Map<string, { by: object; from: Tensor[]; made: object | null }>()

  constructor(network: Network) {
    this.specs = tensorsOfNetwork(network)
    this.byName = new Map(this.specs.map((spec) => [spec.name, spec]))
  }

  spec(name: string): TensorSpec {
    const spec = this.byName.get(name)
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

  /**
   * What `make` makes of some tensors, kept until one of them is another, it is made `by` other kernels, or `forget` is told its name.
   * Tensors in it stay the property of the weights.
   */
  derive<T extends object>(name: string, of: readonly string[], by: object, make: () => T | null): T | null {
    const from = of.map((it) => this.get(it))
    const known = this.derived.get(name)
    const isSame = known?.by === by && known.from.length === from.length
    if (isSame && known.from.every((tensor, i) => tensor === from[i])) return known.made as T | null
    this.forget(name)
    const made = make()
    for (const tensor of tensorsIn(made)) tf.keep(tensor)
    this.derived.set(name, { by, from, made })
    return made
  }

  /** Frees what was derived under this name: nobody needs it while its tensors learn. */
  forget(name: string): void {
    tf.dispose(tensorsIn(this.derived.get(name)?.made ?? null))
    this.derived.delete(name)
  }

  /** @param values row-major in PyTorch's layout */
  put(name: string, values: Float32Array): void {
    if (this.spec(name).dtype === 'int64') {
      this.counters.set(name, values[0] ?? 0)
      return
    }
    this.set(name, this.toEngine(name, values))
    upload(this.get(name), values.byteLength)
  }

  /** The values, row-major in PyTorch's layout. */
  take(name: string): Float32Array {
    if (this.spec(name).dtype === 'int64') return Float32Array.of(this.counters.get(name) ?? 0)
    return this.toPyTorch(name, this.get(name))
  }

  /**
   * The values, or those of a tensor of the same shape, in PyTorch's layout and in pieces, one after the other: a copy of VGG16's
   * first linear layer alone would take 411 MB.
   */
  *pieces(name: string, given?: Tensor): Generator<Float32Array> {
    const { shape, dtype, layout } = this.spec(name)
    const rows = shape[0] ?? 1
    const rowsAtOnce = Math.max(1, Math.floor(pieceSize / (sizeOf(shape) / rows)))
    if (dtype === 'int64' || layout !== 'as-is' || rowsAtOnce >= rows) {
      yield given ? this.toPyTorch(name, given) : this.take(name)
      return
    }
    const tensor = given ?? this.get(name)
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const part = tf.slice(tensor, [from], [Math.min(rowsAtOnce, rows - from)])
      const values = part.dataSync() as Float32Array
      part.dispose()
      yield values
    }
  }

  /** BatchNorm's count of the batches it has seen. */
  count(name: string, add: number): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + add)
  }

  /** A tensor of `name`'s shape, such as its momentum, from PyTorch's layout. The caller owns it. */
  toEngine(name: string, values: Float32Array): Tensor {
    const { shape, layout } = this.spec(name)
    const axes = toEngineAxes(layout)
    const tensor = tf.tensor(values, layout === 'vector' ? [values.length] : [...shape], 'float32')
    if (!axes) return tensor
    const turned = tf.transpose(tensor, axes)
    tensor.dispose()
    return turned
  }

  /** The values of a tensor of `name`'s shape in PyTorch's layout. */
  toPyTorch(name: string, tensor: Tensor): Float32Array {
    const axes = toPyTorchAxes(this.spec(name).layout)
    if (!axes) return tensor.dataSync() as Float32Array
    const turned = tf.transpose(tensor, axes)
    const values = turned.dataSync() as Float32Array
    turned.dispose()
    return values
  }

  dispose(): void {
    for (const name of this.derived.keys()) this.forget(name)
    for (const tensor of this.tensors.values()) tensor.dispose()
    this.tensors.clear()
  }
}
