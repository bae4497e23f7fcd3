/** A process of its own in which the GPU pack is tried: `graphicsTrial.ts MODE ADDON`. Ends with 0 if it can be trusted. */
import { GpuMode } from '../../../shared/gpu.ts'
import { enter } from '../environment.ts'
import { loadNative } from './native.ts'
import { selftest } from './selftest.ts'

enter(process.env)
const [mode, addon = ''] = process.argv.slice(2)

try {
  const backend = await loadNative({ addon, threads: 1, trial: GpuMode.parse(mode) })
  if (backend.gpu === null) throw new Error('TensorFlow finds no card that it can use')
  await selftest()
  process.exit(0)
} catch (error) {
  process.stderr.write(`\ntrial: ${error instanceof Error ? error.message : String(error)}\n`, () =>
    process.exit(1),
  )
}
