import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'
import type { PoolWindow } from './kernels.ts'

/** TensorFlow's numbers for types (tensorflow/core/framework/types.proto). */
export const float32 = 1
export const int32 = 3
export const uint8 = 4
export const bfloat16 = 14

export interface Attribute {
  name: string
  type: number
  value: unknown
}

interface OpOutput {
  id: number
  shape: number[]
  dtype: number
}

/** The parts of tf.js's native backend and of its addon that are used here. */
export interface NativeBackend {
  binding: {
    TF_ATTR_STRING: number
    TF_ATTR_INT: number
    TF_ATTR_FLOAT: number
    TF_ATTR_BOOL: number
    TF_ATTR_TYPE: number
    executeOp: (op: string, attributes: Attribute[], inputs: number[], outputs: number) => OpOutput[]
  }
  tensorMap: {
    get: (id: object) => { dtype: number } | undefined
    set: (id: object, value: unknown) => void
  }
  getInputTensorIds: (tensors: Tensor[]) => number[]
}

const emptyTensors = new WeakMap<NativeBackend, Tensor>()

/** One of each backend, kept: to make one and hand it to TensorFlow takes longer than some of the kernels. */
function emptyTensor(native: NativeBackend): Tensor {
  const known = emptyTensors.get(native)
  if (known) return known
  const made = tf.keep(tf.tensor1d([]))
  emptyTensors.set(native, made)
  return made
}

/** Runs single TensorFlow ops on tf.js's tensors, whatever their real type. */
export function createExecutor(native: NativeBackend) {
  const { binding } = native

  /**
   * Wraps what an op returned. tf.js has no bfloat16: such a tensor calls itself float32, and only the backend's own record
   * tells; ops here look there (`typeOf`). Its values must be cast before they are read.
   */
  function wrap({ id, shape, dtype }: OpOutput): Tensor {
    const dataId = {}
    native.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 })
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: 'float32' })
  }

  const runMany = (op: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[] =>
    binding.executeOp(op, attributes, native.getInputTensorIds(inputs), outputs).map(wrap)

  return {
    /** An empty tensor, where an op takes one for none. It stays the executor's. */
    none: emptyTensor(native),
    runMany,
    run: (op: string, attributes: Attribute[], inputs: Tensor[]): Tensor =>
      runMany(op, attributes, inputs, 1)[0]!,
    /** TensorFlow's number for the tensor's real type. */
    typeOf: (x: Tensor): number => native.tensorMap.get(x.dataId)!.dtype,
    attribute: {
      type: (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value }),
      string: (name: string, value: string): Attribute => ({ name, type: binding.TF_ATTR_STRING, value }),
      int: (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_INT, value }),
      ints: (name: string, value: number[]): Attribute => ({ name, type: binding.TF_ATTR_INT, value }),
      float: (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_FLOAT, value }),
      bool: (name: string, value: boolean): Attribute => ({ name, type: binding.TF_ATTR_BOOL, value }),
    },
  }
}

export type Executor = ReturnType<typeof createExecutor>

/** The attributes of pooling without padding; x is what is pooled, or a gradient of the same type. */
export const poolWindow = (
  { attribute, typeOf }: Executor,
  x: Tensor,
  { kernel, stride }: Pick<PoolWindow, 'kernel' | 'stride'>,
): Attribute[] => [
  attribute.type('T', typeOf(x)),
  attribute.ints('ksize', [1, kernel, kernel, 1]),
  attribute.ints('strides', [1, stride, stride, 1]),
  attribute.string('padding', 'VALID'),
  attribute.string('data_format', 'NHWC'),
]
