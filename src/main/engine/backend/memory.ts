import v8 from 'node:v8'
import vm from 'node:vm'
import type { NativeBackend } from './kernels/execute.ts'
import { tf } from './tf.ts'
import type { Tensor } from './tf.ts'

/** Bytes from which on an array is worth a collection of its own, which takes a tenth of a second. */
const large = 2 ** 27

let collect: (() => void) | undefined

function collector(): () => void {
  // There is no other way to V8's collector than this flag, which may be set at any time.
  v8.setFlagsFromString('--expose-gc')
  return vm.runInNewContext('gc') as () => void
}

/**
 * Gives a new tensor's values to the backend now, and lets go of JavaScript's copy. TensorFlow's backend otherwise keeps it until
 * the tensor is used, and V8 longer still, since it does not know how dear memory outside its heap is: weights of half a
 * gigabyte would lie about twice or three times. Freeing the array's buffer by hand is no way: where its address happens to be
 * aligned, TensorFlow computes with that very memory.
 * @param bytes of those values
 */
export function upload(tensor: Tensor, bytes: number): void {
  if (tf.getBackend() !== 'tensorflow') return
  ;(tf.backend() as unknown as NativeBackend).getInputTensorIds([tensor])
  if (bytes < large) return
  collect ??= collector()
  collect()
}
