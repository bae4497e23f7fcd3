import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import util from 'node:util'
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js'
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js'
import { describeCpu } from './cpu.ts'
import { findGpus } from './gpu.ts'
import { tf } from './tf.ts'
import type { LoadedBackend } from './types.ts'
import { muteModule } from './vendor.ts'

/** The kernels of tfjs-node, without its own loader: that one looks for an addon inside node_modules and nowhere else. */
const kernels = '@tensorflow/tfjs-node-gpu'

interface Native {
  backend: NodeJSKernelBackend
  binding: TFJSBinding
  threads: number
}

let loaded: Native | undefined

/**
 * The native backend and TensorFlow's C API below it, for kernels of our own.
 * @throws if TensorFlow is not what computes in this process
 */
export function nativeBackend(): Native {
  if (!loaded) throw new Error('TensorFlow is not loaded in this process')
  return loaded
}

/**
 * Loads TensorFlow's native library, once a process, and makes it what computes.
 * @param addon path of tfjs_binding.node, which knows where its libraries lie
 * @throws if it is loaded already with another thread count, which only a new process can change
 */
export async function loadNative(addon: string, threads: number): Promise<LoadedBackend> {
  loaded ??= await load(addon, threads)
  if (loaded.threads !== threads) {
    throw new Error(`it runs with ${loaded.threads} threads in this process and cannot change to ${threads}`)
  }
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow.js refuses the backend')
  const { backend, binding } = loaded
  return {
    name: 'tensorflow',
    version: binding.TF_Version,
    threads,
    device: backend.isUsingGpuDevice ? await nameOfGpu() : describeCpu().model,
    gpu: backend.isUsingGpuDevice,
    deterministic: !backend.isUsingGpuDevice || process.env['TF_DETERMINISTIC_OPS'] === '1',
    // The library cannot be unloaded; its threads do not keep the process alive.
    close: () => Promise.resolve(),
  }
}

async function load(addon: string, threads: number): Promise<Native> {
  setEnvironment(threads)
  restoreRemovedUtilities()
  const binding = loadQuietly(addon)
  await import('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js')
  const { NodeJSKernelBackend } = await import('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js')
  const backend = new NodeJSKernelBackend(binding, kernels)
  tf.enableProdMode()
  tf.registerBackend('tensorflow', () => backend)
  return { backend, binding, threads }
}

/**
 * TensorFlow reads these variables once, while it loads, and getenv sees what is set here (not in a worker thread, whose
 * process.env is a copy).
 */
function setEnvironment(threads: number): void {
  Object.assign(process.env, {
    TF_NUM_INTRAOP_THREADS: String(threads),
    // Training is one chain of operations: there is nothing to run beside it, and a pool of its own would only compete.
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: String(threads),
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '2',
    // Otherwise TensorFlow takes the whole memory of a graphics card at once, also from the desktop it draws.
    TF_FORCE_GPU_ALLOW_GROWTH: process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ?? 'true',
  })
}

/** TensorFlow takes the first card it sees. */
async function nameOfGpu(): Promise<string> {
  const first = Number(process.env['CUDA_VISIBLE_DEVICES']?.split(',')[0] ?? 0)
  const { cards } = await findGpus()
  return cards.find((card) => card.index === first)?.name ?? 'GPU'
}

/** TensorFlow greets on standard error while it loads, whatever its log level; a person can do nothing with that. */
function loadQuietly(addon: string): TFJSBinding {
  const require = createRequire(import.meta.url)
  const mutePath = join(dirname(addon), muteModule)
  const stderr = existsSync(mutePath) ? (require(mutePath) as { mute(): void; unmute(): void }) : undefined
  stderr?.mute()
  try {
    return require(addon) as TFJSBinding
  } finally {
    stderr?.unmute()
  }
}

/** tfjs-node 4.22 calls two functions of node:util that Node 23 removed (tfjs issue 8425; mended there, never released). */
function restoreRemovedUtilities(): void {
  const removed = util as unknown as Record<'isNullOrUndefined' | 'isArray', unknown>
  removed.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  removed.isArray ??= Array.isArray
}
