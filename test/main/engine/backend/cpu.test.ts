import { describe, expect, it } from 'vitest'
import { describeCpu, parseCpuinfo } from '../../../../src/main/engine/backend/cpu.ts'

describe('the processor', () => {
  it('is told by model and instruction sets on x86', () => {
    const cpuinfo =
      'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Platinum 8481C\n' +
      'flags\t\t: fpu sse2 fma avx2 avx512f avx512_bf16 amx_bf16 amx_tile\n\nprocessor\t: 1\n'
    expect(parseCpuinfo(cpuinfo)).toEqual({
      model: 'Intel(R) Xeon(R) Platinum 8481C',
      features: ['avx2', 'fma', 'avx512f', 'avx512_bf16', 'amx_bf16'],
    })
  })

  it('has no model name on Arm, but features', () => {
    expect(parseCpuinfo('processor : 0\nFeatures\t: fp asimd bf16\n')).toEqual({
      features: ['asimd', 'bf16'],
    })
  })

  it('does not take a longer name for a shorter one', () => {
    expect(parseCpuinfo('flags\t: avx512fp16 avx2x\n').features).toEqual([])
  })

  it('is known on this machine', () => {
    const cpu = describeCpu()
    expect(cpu.model).not.toBe('')
    expect(cpu.cores).toBeGreaterThan(0)
  })
})
