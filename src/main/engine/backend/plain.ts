import { describeCpu } from './cpu.ts'
import { tf } from './tf.ts'
import type { LoadedBackend } from './types.ts'

/** TensorFlow.js in plain JavaScript: the reference for tests, and the last resort. */
export async function loadPlain(): Promise<LoadedBackend> {
  tf.enableProdMode()
  await tf.setBackend('cpu')
  return {
    name: 'cpu',
    version: tf.version.tfjs,
    threads: 1,
    device: describeCpu().model,
    gpu: null,
    gpuMemory: null,
    heap: null,
    noGpu: null,
    deterministic: true,
    close: () => Promise.resolve(),
  }
}
