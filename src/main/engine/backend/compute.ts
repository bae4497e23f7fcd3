import { ThawError } from '../../../shared/errors.ts'
import type { Environment } from '../../../shared/run.ts'
import { version } from '../../../shared/version.ts'
import { describeCpu } from './cpu.ts'
import type { NativeBackend } from './kernels/execute.ts'
import type { Kernels } from './kernels/kernels.ts'
import { nativeKernels } from './kernels/native.ts'
import { portableKernels } from './kernels/portable.ts'
import { nativeBackend } from './native.ts'
import { openBackend } from './open.ts'
import type { BackendName } from './types.ts'

/** What computes: the kernels, and what a run records of them. */
export interface Compute {
  kernels: Kernels
  environment: Environment
}

function kernelsOf(name: BackendName, precision: Environment['precision']): Kernels {
  if (name === 'tensorflow') {
    const native = nativeBackend().backend as unknown as NativeBackend
    return nativeKernels(native, precision === 'fast' ? 'bfloat16' : 'float32')
  }
  if (precision === 'fast')
    throw new ThawError('config.invalid', { reason: 'precision fast needs the TensorFlow backend' })
  return portableKernels(name)
}

/** @throws ThawError backend.none; config.invalid for `fast` where there is no bfloat16 */
export async function openCompute(
  threads: number | null,
  precision: Environment['precision'],
): Promise<Compute> {
  const backend = await openBackend(threads === null ? {} : { threads })
  return {
    kernels: kernelsOf(backend.name, precision),
    environment: {
      thaw: version,
      backend: backend.name,
      backendVersion: backend.version,
      device: backend.device,
      threads: backend.threads,
      precision,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      cpuFeatures: [...describeCpu().features],
    },
  }
}
