import { setThreadsCount, BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { describeCpu } from './cpu.ts'
import { tf } from './tf.ts'
import type { LoadedBackend } from './types.ts'
import { heapOf, manageHeap } from './wasmHeap.ts'
import { registerSlice } from './wasmSlice.ts'
import { instantiateWasm, largestHeap, mostThreads, type WasmInstance } from './wasmModule.ts'

let loaded: (WasmInstance & { backend: BackendWasm }) | undefined

/**
 * The WebAssembly backend, its module and its memory, for kernels of our own that work on the same heap.
 * @throws if WebAssembly is not what computes in this process
 */
export function wasmBackend(): WasmInstance & { backend: BackendWasm } {
  if (!loaded) throw new Error('WebAssembly is not loaded in this process')
  return loaded
}

/** Starts TensorFlow.js' WebAssembly build, with threads if more than one is asked, and makes it what computes. */
export async function loadWasm(wanted: number): Promise<LoadedBackend> {
  const threads = Math.min(wanted, mostThreads)
  const instance = await instantiateWasm(threads)
  manageHeap(heapOf(instance.module))
  setThreadsCount(threads)
  const backend = new BackendWasm(instance.module)
  tf.enableProdMode()
  // The package registers one of its own when it is imported, without threads.
  if ('wasm' in tf.engine().registryFactory) tf.removeBackend('wasm')
  tf.registerBackend('wasm', () => backend)
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js refuses the backend')
  registerSlice()
  loaded = { ...instance, backend }
  return {
    name: 'wasm',
    version: tf.version.tfjs,
    // What was started, not what was asked.
    threads: instance.module.tfjs.getThreadsCount(),
    device: describeCpu().model,
    gpu: null,
    gpuMemory: null,
    heap: largestHeap,
    noGpu: null,
    deterministic: true,
    close: async () => {
      loaded = undefined
      // First, since it waits for the threads to end their work.
      tf.removeBackend('wasm')
      await instance.end()
    },
  }
}
