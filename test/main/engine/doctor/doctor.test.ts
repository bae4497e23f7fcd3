import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { doctor } from '../../../../src/main/engine/doctor/doctor.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thaw-doctor-'))
  vi.stubEnv('THAW_VENDOR', folder)
  vi.stubEnv('THAW_BACKEND', '')
  vi.stubEnv('PATH', folder)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const nvidiaSmi = (script: string) =>
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
const codes = async () => (await doctor()).problems.map((problem) => problem.code)

describe('the doctor', () => {
  it('tells what computes, and what to do about what is missing', async () => {
    const diagnosis = await doctor()
    expect(diagnosis).toMatchObject({
      backend: 'wasm',
      backendVersion: '4.22.0',
      starterWeights: null,
      gpus: [],
    })
    expect(diagnosis.threads).toBeGreaterThan(0)
    expect(diagnosis.memory.total).toBeGreaterThan(diagnosis.memory.available * 0.99)
    expect(diagnosis.problems.map((problem) => problem.code)).toEqual([
      'doctor.slow-backend',
      'doctor.no-starter-weights',
    ])
    for (const { what, advice } of diagnosis.problems) {
      expect(what).not.toMatch(/[{}]/)
      expect(advice).not.toMatch(/[{}]/)
    }
  })

  it('sees a graphics card that nothing keeps from computing but does not compute', async () => {
    nvidiaSmi('printf "index, name\\n0, NVIDIA GeForce RTX 3060, 550.120, 12288, 11542, 8.6\\n"')
    expect(await codes()).toContain('gpu.unused')
  })

  it('warns where memory is short for the larger networks', async () => {
    const memory = vi.spyOn(process, 'availableMemory').mockReturnValue(2 ** 31)
    expect(await codes()).not.toContain('doctor.little-memory')
    memory.mockReturnValue(2 ** 31 - 1)
    expect(await codes()).toContain('doctor.little-memory')
    memory.mockRestore()
  })

  it('sees a driver that does not run', async () => {
    nvidiaSmi('echo "Failed to initialize NVML: Driver/library version mismatch"; exit 18')
    expect(await codes()).toContain('gpu.driver-mismatch')
  })

  it('tells that nothing computes instead of failing', async () => {
    vi.stubEnv('THAW_BACKEND', 'tensorflow')
    const diagnosis = await doctor()
    expect(diagnosis.backend).toBeNull()
    expect(diagnosis.problems.map((problem) => problem.code)).toContain('backend.none')
  })
})
