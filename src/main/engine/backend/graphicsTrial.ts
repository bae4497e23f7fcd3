/** A process of its own in which the GPU pack is tried: `graphicsTrial.ts MODE ADDON`. Ends with 0 if it can be trusted. */
import { ThawError } from '../../../shared/errors.ts'
import { GpuMode } from '../../../shared/gpu.ts'
import { because } from '../../../shared/reasons.ts'
import { enter } from '../environment.ts'
import { trialMark } from './graphics.ts'
import { loadNative } from './native.ts'
import { selftest, WrongAnswer } from './selftest.ts'

/** As parameters of `gpu.failed`, where Thaw has words for it. */
function knownReason(error: Error): string | undefined {
  if (error instanceof ThawError) return JSON.stringify(error.parameters)
  if (error instanceof WrongAnswer)
    return JSON.stringify(because('gpu-wrong', { operation: error.operation }))
  return undefined
}

enter(process.env)
const [mode, addon = ''] = process.argv.slice(2)

try {
  const backend = await loadNative({ addon, threads: 1, trial: GpuMode.parse(mode) })
  if (backend.gpu === null) throw new ThawError('gpu.failed', because('gpu-no-card'))
  await selftest()
  process.exit(0)
} catch (error) {
  const reason = error instanceof Error ? (knownReason(error) ?? error.message) : String(error)
  process.stderr.write(`\n${trialMark}${reason}\n`, () => process.exit(1))
}
