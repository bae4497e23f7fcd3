import { afterAll, beforeAll, describe, vi } from 'vitest'
import { openCompute } from '../../src/main/engine/backend/compute.ts'
import type { Kernels } from '../../src/main/engine/backend/kernels/kernels.ts'
import { nativeAddon } from '../../src/main/engine/backend/vendor.ts'

/** TensorFlow's library could not be brought to this machine; where all has to be there its tests fail instead of being left out. */
export const noNative = !nativeAddon() && !process.env['CI']

/** Tests of what is computed, on each backend. @param tests gets the kernels, once a test runs, and whether they are missing here */
export function describeEachBackend(
  titleOf: (backend: string) => string,
  tests: (kernels: () => Kernels, isMissing: boolean) => void,
): void {
  for (const name of ['tensorflow', 'wasm', 'cpu'] as const)
    describe(titleOf(name), () => {
      const isMissing = name === 'tensorflow' && noNative
      let kernels: Kernels
      beforeAll(async () => {
        if (isMissing) return
        vi.stubEnv('THAW_BACKEND', name)
        ;({ kernels } = await openCompute(name === 'tensorflow' ? 2 : null, 'exact'))
      })
      afterAll(() => vi.unstubAllEnvs())
      tests(() => kernels, isMissing)
    })
}
