import { describe, expect, it } from 'vitest'
import { downloadBytes, readPackList, versionsOf } from '../../../../src/main/engine/gpu/packList.ts'
import { homeOf, placeOfEntry } from '../../../../src/main/engine/gpu/packPaths.ts'
import { tensorflowSources } from '../../../../scripts/setup/sources.ts'

const list = readPackList()
const wheel = (name: string) => list.wheels.find((one) => one.package === name)!

describe('the list of the GPU pack', () => {
  it('has the TensorFlow that set-up brings for the processor', () => {
    expect(versionsOf(list).tensorflow).toBe(tensorflowSources['linux-x64']!.wheel!.version)
  })

  it('holds each package once, with a checksum of its own', () => {
    expect(new Set(list.wheels.map((one) => one.package)).size).toBe(list.wheels.length)
    expect(new Set(list.wheels.map((one) => one.sha256)).size).toBe(list.wheels.length)
    expect(downloadBytes(list)).toBeGreaterThan(3e9)
  })

  it('puts each where TensorFlow’s run path looks: ../nvidia/*/lib beside its own folder', () => {
    expect(homeOf(wheel('tensorflow'))).toEqual({ inWheel: 'tensorflow', inPack: 'deps/lib' })
    expect(homeOf(wheel('nvidia-cuda-runtime-cu12'))).toEqual({
      inWheel: 'nvidia/cuda_runtime',
      inPack: 'deps/nvidia/cuda_runtime',
    })
  })

  it('takes what runs and the licence, and leaves the rest', () => {
    const nvcc = wheel('nvidia-cuda-nvcc-cu12')
    expect(placeOfEntry(nvcc, 'nvidia/cuda_nvcc/bin/ptxas')).toBe('bin/ptxas')
    expect(placeOfEntry(nvcc, 'nvidia/cuda_nvcc/include/fatbinary_section.h')).toBeUndefined()
    expect(placeOfEntry(nvcc, 'nvidia/__init__.py')).toBeUndefined()
    expect(placeOfEntry(nvcc, 'nvidia_cuda_nvcc_cu12-12.9.86.dist-info/licenses/License.txt')).toBe(
      'LICENSE.txt',
    )
    expect(placeOfEntry(wheel('tensorflow'), 'tensorflow/libtensorflow_cc.so.2')).toBe(
      'libtensorflow_cc.so.2',
    )
    expect(placeOfEntry(wheel('tensorflow'), 'tensorflow/lite/libtensorflow_cc.so.2')).toBeUndefined()
  })
})
