import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import util from 'node:util'
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js'
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js'
import type { GpuChoice, GpuMode } from '../../../shared/gpu.ts'
import { describeCpu } from './cpu.ts'
import { environment } from '../environment.ts'
import { graphicsEnvironment } from './graphics.ts'
import type { Graphics } from './graphics.ts'
import { tf } from './tf.ts'
import type { LoadedBackend } from './types.ts'
import { muteModule, ownKernels } from './vendor.ts'

/** The kernels of tfjs-node, without its own loader: that one looks for an addon inside node_modules and nowhere else. */
const kernels = '@tensorflow/tfjs-node-gpu'

interface Native {
  backend: NodeJSKernelBackend
  binding: TFJSBinding
  threads: number
  /** How its library was told to compute on a card, if it is that of the GPU pack. */
  mode: GpuMode | undefined
  /** Our own kernels that were loaded with it. */
  own: string | undefined
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

/** How a card computes in this process, `off` if the library for the processor was loaded; undefined while none is. */
export const settledGraphics = (): GpuChoice | undefined => loaded && (loaded.mode ?? 'off')

export interface NativeOptions {
  /** Path of tfjs_binding.node, which knows where its libraries lie. */
  addon: string
  threads: number
  /** The card and the mode, if the addon is that of the GPU pack. */
  graphics?: Graphics
  /** The mode alone, where it is only to be tried: TensorFlow's complaints are heard. */
  trial?: GpuMode
}

/**
 * Loads TensorFlow's native library, once a process, and makes it what computes.
 * @throws if it is loaded already with another thread count, which only a new process can change
 */
export async function loadNative(options: NativeOptions): Promise<LoadedBackend> {
  const { threads, graphics } = options
  loaded ??= await load(options)
  if (loaded.threads !== threads) {
    throw new Error(`it runs with ${loaded.threads} threads in this process and cannot change to ${threads}`)
  }
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow.js refuses the backend')
  const { backend, binding, mode, own } = loaded
  const gpu = backend.isUsingGpuDevice ? (mode ?? null) : null
  return {
    name: 'tensorflow',
    version:
      gpu && graphics
        ? versionOf(binding.TF_Version, graphics)
        : [binding.TF_Version, own].filter(Boolean).join(', '),
    threads,
    device: gpu && graphics ? graphics.card.name : describeCpu().model,
    gpu,
    gpuMemory: gpu && graphics ? graphics.card.freeMiB * 2 ** 20 : null,
    heap: null,
    noGpu: null,
    deterministic: gpu !== 'autotune',
    // The library cannot be unloaded; its threads do not keep the process alive.
    close: () => Promise.resolve(),
  }
}

/** All that changes last bits on the same card. */
const versionOf = (tensorflow: string, { addon, card }: Graphics): string =>
  `${tensorflow}, cuDNN ${addon.cudnn ?? '?'}, driver ${card.driver}`

async function load({ addon, threads, graphics, trial }: NativeOptions): Promise<Native> {
  const mode = trial ?? graphics?.mode
  setEnvironment(threads)
  if (mode) Object.assign(process.env, graphicsEnvironment(mode))
  replaceOldUtilities()
  const binding = trial ? (createRequire(import.meta.url)(addon) as TFJSBinding) : loadQuietly(addon)
  const own = mode ? undefined : loadOwnKernels(addon)
  await import('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js')
  const { NodeJSKernelBackend } = await import('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js')
  const backend = new NodeJSKernelBackend(binding, kernels)
  tf.enableProdMode()
  tf.registerBackend('tensorflow', () => backend)
  return { backend, binding, threads, mode, own }
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
    TF_CPP_MIN_LOG_LEVEL: environment()['TF_CPP_MIN_LOG_LEVEL'] ?? '2',
  })
}

/**
 * Registers our own kernels, where set-up compiled them for this processor; kernels/processor.ts sees whether they answer rightly.
 * @returns their name, which is a part of the backend's version: with them the last bits are others
 */
function loadOwnKernels(addon: string): string | undefined {
  const own = ownKernels(addon)
  if (!own) return undefined
  try {
    createRequire(import.meta.url)(own.path)
    return own.name
  } catch {
    // Compiled for another library or system: TensorFlow's operations do as well, slower.
    return undefined
  }
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

/**
 * tfjs-node 4.22 calls two functions of node:util: one that Node 23 removed, and one that Node 24 warns of on a person's terminal
 * (tfjs issue 8425; mended there, never released).
 */
function replaceOldUtilities(): void {
  const old = util as unknown as Record<'isNullOrUndefined' | 'isArray', unknown>
  old.isNullOrUndefined = (value: unknown) => value === null || value === undefined
  old.isArray = Array.isArray
}
