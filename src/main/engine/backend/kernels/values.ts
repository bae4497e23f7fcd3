import { tf } from '../tf.ts'
import type { Tensor } from '../tf.ts'

type BackendWasm = import('@tensorflow/tfjs-backend-wasm').BackendWasm

/** A tensor's numbers, to be read before the next tensor is made: on WebAssembly they are the heap's own and no copy. */
export function valuesOf(x: Tensor): Float32Array {
  if (tf.getBackend() !== 'wasm') return x.dataSync() as Float32Array
  return (tf.backend() as unknown as BackendWasm).typedArrayFromHeap(x) as Float32Array
}
