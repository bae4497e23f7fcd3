import { ThawError } from '../../../shared/errors.ts'
import type { Environment } from '../../../shared/run.ts'
import { version } from '../../../shared/version.ts'
import { describeCpu } from './cpu.ts'
import type { NativeBackend } from './kernels/execute.ts'
import type { Kernels } from './kernels/kernels.ts'
import { nativeKernels } from './kernels/native.ts'
import { nativeBackend } from './native.ts'
import { openBackend } from './open.ts'

/** What computes: the kernels, and what a run records of them. */
export interface Compute {
  kernels: Kernels
  environment: Environment
}

/** @throws ThawError backend.none */
export async function openCompute(
  threads: number | null,
  precision: Environment['precision'],
): Promise<Compute> {
  const backend = await openBackend(threads === null ? {} : { threads })
  if (backend.name !== 'tensorflow') throw new ThawError('backend.none', { reason: backend.why.join('; ') })
  const native = nativeBackend().backend as unknown as NativeBackend
  return {
    kernels: nativeKernels(native, precision === 'fast' ? 'bfloat16' : 'float32'),
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
