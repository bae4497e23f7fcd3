import { readFileSync } from 'node:fs'
import os from 'node:os'

/** The instruction sets that decide how fast training is, by the names Linux gives them. */
const featuresOfInterest = [
  'avx2',
  'fma',
  'avx512f',
  'avx512vl',
  'avx512_bf16',
  'amx_bf16',
  'asimd',
  'bf16',
] as const

export type CpuFeature = (typeof featuresOfInterest)[number]

export interface CpuDescription {
  model: string
  /** Logical processors that this process may use. */
  cores: number
  /** Empty where the system does not tell (everywhere but on Linux). */
  features: CpuFeature[]
}

/** The processor as /proc/cpuinfo describes it: `flags` on x86, `Features` on Arm. */
export function parseCpuinfo(cpuinfo: string): { model?: string; features: CpuFeature[] } {
  const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo)?.[1]
  const flags = new Set((field('flags') ?? field('Features') ?? '').split(/\s+/))
  const model = field('model name')
  return { ...(model && { model }), features: featuresOfInterest.filter((feature) => flags.has(feature)) }
}

let known: CpuDescription | undefined

/** The processor of this machine. It does not change, so it is looked at once. */
export function describeCpu(): CpuDescription {
  if (known) return known
  let fromLinux: ReturnType<typeof parseCpuinfo> = { features: [] }
  if (process.platform === 'linux') {
    try {
      fromLinux = parseCpuinfo(readFileSync('/proc/cpuinfo', 'utf8'))
    } catch {
      // A sandbox without /proc: what Node knows has to do.
    }
  }
  const model = fromLinux.model ?? os.cpus()[0]?.model ?? process.arch
  known = { model: model.trim(), cores: os.availableParallelism(), features: fromLinux.features }
  return known
}

/** Whether the processor multiplies bfloat16 itself; elsewhere TensorFlow would emulate it, which is slower than float32. */
export const hasBfloat16 = (): boolean => describeCpu().features.some((feature) => feature.endsWith('bf16'))
