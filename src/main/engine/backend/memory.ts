import type { NativeBackend } from './kernels/execute.ts'
import { tf } from './tf.ts'
import type { Tensor } from './tf.ts'

/** Bytes from which on an array is worth being freed at once. */
const large = 2 ** 26

/**
 * Gives a new tensor's values to the backend now, and lets go of JavaScript's copy. TensorFlow's backend otherwise keeps it until
 * the tensor is used, and V8 longer still, since it does not know how dear memory outside its heap is: weights of half a
 * gigabyte would lie about twice or three times.
 * @param values what the tensor was made of; nobody may use them any more
 */
export function upload(tensor: Tensor, values: Float32Array<ArrayBuffer>): void {
  if (tf.getBackend() !== 'tensorflow') return
  ;(tf.backend() as unknown as NativeBackend).getInputTensorIds([tensor])
  if (values.byteLength >= large) values.buffer.transfer(0)
}
