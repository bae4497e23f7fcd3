import { ThawError } from '../../../shared/errors.ts'
import type { GpuChoice } from '../../../shared/gpu.ts'
import type { Environment } from '../../../shared/run.ts'
import { version } from '../../../shared/version.ts'
import { describeCpu } from './cpu.ts'
import type { NativeBackend } from './kernels/execute.ts'
import type { Kernels } from './kernels/kernels.ts'
import type { Finding } from './gpu.ts'
import { nativeKernels } from './kernels/native.ts'
import { portableKernels } from './kernels/portable.ts'
import { nativeBackend } from './native.ts'
import { openBackend, openedBackend } from './open.ts'
import type { Backend } from './types.ts'

/** What computes: the kernels, and what a run records of them. */
export interface Compute {
  kernels: Kernels
  environment: Environment
  /** Why a card for which the GPU pack is installed does not compute; null if it does, or if none was wanted. */
  noGpu: Finding | null
  /** Bytes that are free for computing: the card's, or the machine's. */
  available: () => number
}

function kernelsOf({ name, gpu }: Backend, precision: Environment['precision']): Kernels {
  if (name === 'tensorflow') {
    const native = nativeBackend().backend as unknown as NativeBackend
    return nativeKernels(native, {
      compute: precision === 'fast' ? 'bfloat16' : 'float32',
      onProcessor: gpu === null,
    })
  }
  if (precision === 'fast') throw new ThawError('config.invalid', { reason: 'fast-needs-tensorflow' })
  return portableKernels(name)
}

/**
 * With how many threads a run computes here: with its own, unless TensorFlow computes in this process already, whose count is
 * settled. To insist would leave all that follows to WebAssembly, whose bits are others still. What it was stands in the run's record.
 * @returns null: with those that there are
 */
export const threadsHere = (ofRun: number | null): number | null =>
  openedBackend()?.name === 'tensorflow' ? null : ofRun

/**
 * @param threads as a run wants them; see `threadsHere`
 * @param gpu how a card is to compute; as the person chose unless told
 * @throws ThawError backend.none; gpu.settled; config.invalid for `fast` where there is no bfloat16
 */
export async function openCompute(
  threads: number | null,
  precision: Environment['precision'],
  gpu?: GpuChoice,
): Promise<Compute> {
  const own = threadsHere(threads)
  const backend = await openBackend({ ...(own !== null && { threads: own }), ...(gpu && { gpu }) })
  return {
    kernels: kernelsOf(backend, precision),
    environment: {
      thaw: version,
      backend: backend.name,
      backendVersion: backend.version,
      device: backend.device,
      gpu: backend.gpu,
      threads: backend.threads,
      precision,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      cpuFeatures: [...describeCpu().features],
    },
    noGpu: backend.noGpu,
    available: () => backend.gpuMemory ?? Math.min(process.availableMemory(), backend.heap ?? Infinity),
  }
}
